import type { Ending, Loss } from "../../losses/loss.ts";
import type { OnnxModel } from "./model.ts";

/** Where a model's output is, and what its last op says of it. */
export interface OutputPlace {
  /** Name of the value, before nodes that change nothing of its meaning. */
  readonly value: string;
  /** The last op, if it makes probabilities, and the name of what goes into it. */
  readonly last?: { readonly ending: Ending; readonly input: string };
}

/** Nodes that change nothing of what the output means. */
const TRANSPARENT = new Set(["Identity", "Cast", "Dropout", "ZipMap"]);

/** Ops that make probabilities, and what they make. */
const ENDINGS: Readonly<Record<string, { readonly ending: Ending; readonly are: string }>> = {
  Softmax: { ending: "softmax", are: "are probabilities, by a softmax" },
  LogSoftmax: { ending: "log-softmax", are: "are log-probabilities" },
  Sigmoid: { ending: "sigmoid", are: "are probabilities, by a sigmoid" },
};

/** Finds the output and what it ends in. */
export function outputPlaceOf({ nodes, output }: OnnxModel): OutputPlace {
  const makers = new Map(
    nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)),
  );
  let value = output;
  let maker = makers.get(value);
  while (maker && TRANSPARENT.has(maker.opType)) {
    value = maker.inputs[0]!;
    maker = makers.get(value);
  }
  const last = maker && ENDINGS[maker.opType];
  return last ? { value, last: { ending: last.ending, input: maker!.inputs[0]! } } : { value };
}

/** What a loss takes of a model: the output, or what goes into its last op; and what that is. */
export interface TakenOutput {
  /** Name of the value. */
  readonly value: string;
  /** For people. */
  readonly understood: string;
}

/**
 * Finds what a loss takes of a model.
 *
 * @throws {RangeError} If the output are probabilities that the loss cannot be had of.
 */
export function takenBy(model: string, loss: Loss, { value, last }: OutputPlace): TakenOutput {
  if (!last) {
    const what = loss.takesOtherEndings
      ? "its output is taken as it is"
      : "its output counts as logits";
    return { value, understood: what };
  }
  const { are } = Object.values(ENDINGS).find(({ ending }) => ending === last.ending)!;
  if (loss.endings.includes(last.ending)) {
    return { value: last.input, understood: `its output ${are}` };
  }
  if (loss.takesOtherEndings) return { value, understood: `its output ${are}, and taken as it is` };
  throw new RangeError(
    `Cannot measure ${model} by ${loss.title}: its output ${are}; want logits, or the output of a ` +
      loss.endings.join(" or a "),
  );
}
