/** What a model's output means: which values are logits, and what the loss is of. */
import { concat } from "../../graph/ops/concat.ts";
import { reshape } from "../../graph/ops/reshape.ts";
import { transpose } from "../../graph/ops/transpose.ts";
import { zeros } from "../../graph/ops/sum.ts";
import { type Shape, showShape, sizeOf } from "../../graph/shape.ts";
import type { Value } from "../../graph/value.ts";
import type { OnnxModel } from "./model.ts";

/** Where the logits are, and why. */
export interface LogitsPlace {
  /** Name of the value. */
  readonly value: string;
  /** For people: what was recognised. */
  readonly understood: string;
}

/** Nodes that change nothing of what the output means. */
const TRANSPARENT = new Set(["Identity", "Cast", "Dropout"]);

/**
 * The logits: the output itself, or what goes into a softmax, a log-softmax or a sigmoid at the end.
 * The cross-entropy of probabilities p is that of the logits they are made of.
 */
export function logitsPlaceOf({ nodes, output }: OnnxModel): LogitsPlace {
  const makers = new Map(
    nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)),
  );
  let value = output;
  let maker = makers.get(value);
  while (maker && TRANSPARENT.has(maker.opType)) {
    value = maker.inputs[0]!;
    maker = makers.get(value);
  }
  switch (maker?.opType) {
    case "Softmax":
      return { value: maker.inputs[0]!, understood: "its output are probabilities, by a softmax" };
    case "LogSoftmax":
      return { value: maker.inputs[0]!, understood: "its output are log-probabilities" };
    case "Sigmoid":
      return { value: maker.inputs[0]!, understood: "its output are probabilities, by a sigmoid" };
    default:
      return { value, understood: "its output counts as logits" };
  }
}

/** How an output is cut into rows of logits. */
export interface LogitRows {
  readonly classes: number;
  /** Labels of one example: 1, or the positions of a sequence or an image. */
  readonly labelsPerExample: number;
  readonly understood: string;
}

/**
 * Reads the shape of an output: [N, classes], [N] or [N, 1] for two classes, [N, positions, classes],
 * or [N, classes, height, width] for a label a pixel.
 *
 * @throws {RangeError} If it is none of these.
 */
export function logitRowsOf(model: string, shape: Shape): LogitRows {
  const [batch, ...rest] = shape;
  const inner = rest.length > 2 ? sizeOf(rest.slice(1)) : 1;
  if (rest.length === 0 || rest.every((extent) => extent === 1)) {
    return { classes: 2, labelsPerExample: 1, understood: "binary cross-entropy of one logit" };
  }
  if (rest.length === 1 || rest.length > 2 && inner === 1) {
    return {
      classes: rest[0]!,
      labelsPerExample: 1,
      understood: `cross-entropy of ${rest[0]} classes`,
    };
  }
  if (rest.length === 2) {
    const [positions, classes] = rest as [number, number];
    return {
      classes,
      labelsPerExample: positions,
      understood: `cross-entropy of ${classes} classes at each of ${positions} positions`,
    };
  }
  if (rest.length === 3) {
    return {
      classes: rest[0]!,
      labelsPerExample: inner,
      understood: `cross-entropy of ${rest[0]} classes at each of ${inner} pixels`,
    };
  }
  throw new RangeError(
    `Cannot measure ${model}: its output of ${batch} examples has the shape ${showShape(shape)}; ` +
      "want classes in the second axis, or in the third",
  );
}

/** The output as rows of logits, shape [N · labels, classes]. */
export function logitsOf(output: Value, { classes, labelsPerExample }: LogitRows): Value {
  const [batch, ...rest] = output.shape as [number, ...number[]];
  if (sizeOf(rest) === 1) {
    // Of z the probability 1/(1 + e^(−z)): the softmax of (0, z).
    const column = reshape(output, [batch, 1]);
    return concat([zeros([batch, 1]), column], 1);
  }
  if (labelsPerExample === 1) return reshape(output, [batch, classes]);
  const ordered = rest.length === 3 ? transpose(output, [0, 2, 3, 1]) : output;
  return reshape(ordered, [batch * labelsPerExample, classes]);
}
