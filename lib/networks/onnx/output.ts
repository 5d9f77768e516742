import { type Shape, showShape } from "../../graph/shape.ts";
import type { Ending, Loss } from "../../losses/loss.ts";
import type { OnnxModel } from "./model.ts";

/** Where a model's output is, and what its last op says of it. */
export interface OutputPlace {
  /** Name of the value, before nodes that change nothing of its meaning. */
  readonly value: string;
  /** The last op, if it makes probabilities, and the name of what goes into it. */
  readonly last?: LastOp;
}

/** An op that makes probabilities. */
export interface LastOp {
  readonly ending: Ending;
  /** Name of what goes into it. */
  readonly input: string;
  /** Axes over which a softmax makes them sum to 1, of an output of that shape. */
  axes(shape: Shape): readonly number[];
}

/** First opset whose softmax is over one axis, and not over that axis and all after it. */
const ONE_AXIS = 13;

/** Nodes that change nothing of what the output means. */
const TRANSPARENT = new Set(["Identity", "Cast", "Dropout", "ZipMap"]);

/** Ops that make probabilities, and what they make. */
const ENDINGS: Readonly<Record<string, { readonly ending: Ending; readonly are: string }>> = {
  Softmax: { ending: "softmax", are: "are probabilities, by a softmax" },
  LogSoftmax: { ending: "log-softmax", are: "are log-probabilities" },
  Sigmoid: { ending: "sigmoid", are: "are probabilities, by a sigmoid" },
};

/** Finds the output and what it ends in. */
export function outputPlaceOf({ nodes, output, opset }: OnnxModel): OutputPlace {
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
  if (!maker || !last) return { value };
  const own = maker.int("axis", opset < ONE_AXIS ? 1 : -1);
  const axes = (shape: Shape) => {
    const first = own < 0 ? own + shape.length : own;
    return [...shape.keys()].filter((axis) =>
      shape[axis]! > 1 && (axis === first || (opset < ONE_AXIS && axis > first))
    );
  };
  return { value, last: { ending: last.ending, input: maker.inputs[0]!, axes } };
}

/**
 * Refuses probabilities of a softmax over other axes than the classes', which no logits make.
 *
 * @param shape Of the output, examples first.
 * @throws {RangeError} If the loss takes what goes into such a softmax.
 */
export function checkSoftmax(
  model: string,
  loss: Loss,
  { last }: OutputPlace,
  shape: Shape,
): void {
  if (!last || last.ending === "sigmoid" || !loss.endings.includes(last.ending)) return;
  const axes = last.axes(shape);
  // As the cross-entropy has it: [N, classes], [N, positions, classes], [N, classes, height, width].
  const classes = shape.length === 3 ? 2 : 1;
  if (axes.length === 1 && axes[0] === classes) return;
  const over = axes.length === 1 ? `axis ${axes[0]}` : `axes ${axes.join(" and ")}`;
  throw new RangeError(
    `Cannot measure ${model} by ${loss.title}: its output ${showShape(shape)} ends in a softmax ` +
      `over ${over}, and its classes are axis ${classes}; export the logits, or the softmax over ` +
      "the classes",
  );
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
