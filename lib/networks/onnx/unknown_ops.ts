/** Which ops Basin knows, and what to do about those that it does not. */
import type { NodeMessage } from "./messages.ts";
import { RULES } from "./rules.ts";

/** Domains whose ops are ONNX's own, or the same ones under another roof. */
const DOMAINS = new Set(["", "ai.onnx", "com.microsoft"]);

/** Ops of classical models that Basin knows. */
const CLASSICAL = new Set(["Scaler", "ZipMap"]);

/** Ops that need another model, and what to do; the first that fits counts. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/^(LSTM|GRU|RNN)$/, "recurrent layers are none of them: write the steps out before the export"],
  [
    /uantizeLinear$|^QLinear|Integer$/,
    "rounding has no derivative: export the model as it was before quantisation",
  ],
  [
    /^(If|Loop|Scan)$/,
    "the graph must be the same for all examples: export the module without scripting, with fixed extents",
  ],
  [
    /^Random|^Bernoulli$|^Multinomial$/,
    "f must be the same each time: export the model for inference",
  ],
  [/Loss$/, "name the output before the loss with --output; Basin adds the loss itself"],
  [
    /^ai\.onnx\.ml\./,
    "of classical models Basin measures networks alone: export the network without what surrounds it",
  ],
  [
    /^(TopK|ArgMax|ArgMin|NonZero|NonMaxSuppression|Unique)$/,
    "name an output before it with --output",
  ],
];

/** Whether there is a rule for a node. */
export function isKnown({ opType, domain }: Pick<NodeMessage, "opType" | "domain">): boolean {
  const isOwn = DOMAINS.has(domain) || domain === "ai.onnx.ml" && CLASSICAL.has(opType);
  return isOwn && Object.hasOwn(RULES, opType);
}

/**
 * Sees that there is a rule for every node.
 *
 * @throws {RangeError} If there is not; it names each such op, and says what to do.
 */
export function refuseUnknown(name: string, opset: number, nodes: readonly NodeMessage[]): void {
  const unknown = new Map<string, { count: number; first: string }>();
  for (const node of nodes) {
    if (isKnown(node)) continue;
    const { opType, domain, name: own, output } = node;
    const label = own || output.find((each) => each !== "") || opType;
    const op = DOMAINS.has(domain) ? opType : `${domain}.${opType}`;
    const { count, first } = unknown.get(op) ?? { count: 0, first: label };
    unknown.set(op, { count: count + 1, first });
  }
  if (unknown.size === 0) return;
  const ops = [...unknown.keys()];
  const list = [...unknown].map(([op, { count, first }]) =>
    `${op} (${count === 1 ? "1 node" : `${count} nodes`}, the first ${first})`
  );
  const advice = ADVICE.find(([pattern]) => ops.some((op) => pattern.test(op)))?.[1];
  throw new RangeError(
    `Cannot import ${name}, opset ${opset}: Basin does not know ${list.join(", ")}; ` +
      `${advice ? `${advice}; ` : ""}it knows ${Object.keys(RULES).sort().join(", ")}`,
  );
}
