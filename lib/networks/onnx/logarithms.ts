/** Logarithms and log-odds of probabilities, from what goes into the sigmoid or softmax. */
import { type Makers, makersOf } from "./makers.ts";
import type { OnnxModel } from "./model.ts";
import type { OnnxNode } from "./node.ts";
import { nodesOf, op, type Recipe } from "./recipe.ts";
import { through } from "./through.ts";

/** What becomes of clips by which probabilities are kept off 0 and 1. */
export interface Clips {
  /** Whether they count for nothing. */
  readonly clips: boolean;
}

/** Log-odds of what a node makes: of σ(z) it is z, of 1 − p the negative of that of p. */
function oddsAt(node: OnnxNode, makers: Makers, how: Clips): Recipe | undefined {
  if (node.opType === "Sigmoid") return node.inputs[0]!;
  const [one, p] = node.inputs;
  if (node.opType !== "Sub" || makers.number(one!) !== 1) return undefined;
  const odds = logOdds(p!, makers, how);
  return odds === undefined ? undefined : op("Neg", odds);
}

/**
 * ln(p/(1 − p)) of the entries p of a value.
 *
 * @returns `undefined` if they are not a sigmoid's, or 1 less such ones.
 */
export function logOdds(value: string, makers: Makers, how: Clips): Recipe | undefined {
  return through(value, makers, (node) => oddsAt(node, makers, how), how.clips);
}

/** The log-odds of entries whose logarithms a value holds. */
export function logOddsOfLogarithms(
  value: string,
  makers: Makers,
  how: Clips,
): Recipe | undefined {
  const leaf = ({ opType, inputs }: OnnxNode) =>
    opType === "Log" ? logOdds(inputs[0]!, makers, how) : undefined;
  return through(value, makers, leaf, false);
}

/**
 * ln p of the entries p of a value, which is finite where p itself is too small for a float32.
 *
 * @returns `undefined` if they are no sigmoid's or softmax's, nor 1 less a sigmoid's.
 */
export function logarithm(value: string, makers: Makers, how: Clips): Recipe | undefined {
  return through(value, makers, (node) => {
    if (node.opType === "Softmax") {
      return { like: { ...node, opType: "LogSoftmax" }, inputs: [node.inputs[0]!], output: 0 };
    }
    const odds = oddsAt(node, makers, how);
    // ln σ(z) = −ln(1 + e^(−z)).
    return odds === undefined ? undefined : op("Neg", op("Softplus", op("Neg", odds)));
  }, how.clips);
}

/** The nodes of a model, with logarithms of a sigmoid or a softmax in one: apart they would round to −∞. */
export function withLogarithms(model: OnnxModel): readonly OnnxNode[] {
  const makers = makersOf(model);
  return model.nodes.flatMap((node) => {
    const recipe = node.opType === "Log"
      ? logarithm(node.inputs[0]!, makers, { clips: false })
      : undefined;
    if (recipe === undefined) return [node];
    const { nodes } = nodesOf(op("Identity", recipe), node.outputs[0]!);
    return nodes.with(-1, { ...nodes.at(-1)!, outputs: node.outputs });
  });
}
