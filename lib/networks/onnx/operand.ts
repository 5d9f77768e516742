import { transpose } from "../../graph/ops/transpose.ts";
import type { Shape } from "../../graph/shape.ts";
import type { Value } from "../../graph/value.ts";
import type { HostTensor } from "./tensor.ts";

/** What flows along an edge of an imported graph: a tensor that is known, or a value of Basin's graph. */
export type Operand = HostOperand | GraphOperand;

/** Known before anything runs. */
export interface HostOperand {
  readonly host: HostTensor;
  readonly shape: Shape;
  /** Of a list of values, all of them; the operand itself is the first. */
  readonly parts?: readonly Operand[];
}

/**
 * A value of the graph. Images may be held by channel last, as Basin's convolutions want them, while
 * ONNX has the channel in the second place: so a row of convolutions needs no transposition between.
 */
export interface GraphOperand {
  readonly host?: undefined;
  /** As ONNX has it. */
  readonly shape: Shape;
  /** Whether {@link held} has the channel last. */
  readonly isChannelsLast: boolean;
  readonly held: Value;
  /** Of a list of values, all of them; the operand itself is the first. */
  readonly parts?: readonly Operand[];
}

/** A tensor as an operand. */
export function hostOperand(host: HostTensor): HostOperand {
  return { host, shape: host.shape };
}

/** A value in ONNX's order of axes. */
export function graphOperand(held: Value): GraphOperand {
  return { held, shape: held.shape, isChannelsLast: false };
}

/** Images [N, H, W, C] that ONNX would have as [N, C, H, W]. */
export function imageOperand(held: Value): GraphOperand {
  const [batch, height, width, channels] = held.shape as [number, number, number, number];
  return { held, shape: [batch, channels, height, width], isChannelsLast: true };
}

/** The value in ONNX's order of axes. */
export function plain({ held, isChannelsLast }: GraphOperand): Value {
  return isChannelsLast ? transpose(held, [0, 3, 1, 2]) : held;
}

/** Images with the channel last. */
export function channelsLast({ held, isChannelsLast }: GraphOperand): Value {
  return isChannelsLast ? held : transpose(held, [0, 2, 3, 1]);
}

/** An operand like another one, with what a function of single entries makes of it. */
export function mapped(operand: GraphOperand, entrywise: (x: Value) => Value): GraphOperand {
  return { ...operand, held: entrywise(operand.held) };
}
