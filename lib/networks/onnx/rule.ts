import type { Shape } from "../../graph/shape.ts";
import type { Value } from "../../graph/value.ts";
import type { Lookup } from "./lookups.ts";
import type { OnnxNode } from "./node.ts";
import type { GraphOperand, Operand } from "./operand.ts";
import { plain } from "./operand.ts";
import type { HostTensor } from "./tensor.ts";

/** The result of a reshape whose number of examples Basin has freed. */
export interface FreedReshape {
  readonly value: Value;
  /**
   * Extent in the file of the axis that has the examples as its inner part; `undefined` where they
   * are an axis of their own, or the outer part of one.
   */
  readonly innerExtent: number | undefined;
}

/** What the rules of ops know of the import. */
export interface RuleContext {
  /** Version of ONNX's ops that the file was written for. */
  readonly opset: number;
  /**
   * Shapes of all values for the number of examples that the file has fixed, by their names;
   * `undefined` where it leaves it open.
   */
  readonly declaredShapes: ReadonlyMap<string, Shape> | undefined;
  /** Number of examples that the file has fixed, for messages. */
  readonly declaredBatch?: number | undefined;
  /** What reshapes made of the axis of examples; they tell those after them. */
  readonly innerAxes: Set<FreedReshape>;
  /** The tensors that the file holds, whether weights or not. */
  readonly tensors: ReadonlyMap<string, HostTensor>;
  /** Whether batch norm takes the moments of the examples at hand. */
  readonly batchMoments: boolean;
  /** Takes down which rows of a table the examples look up. */
  lookUp?(lookup: Lookup): void;
  /** A value that holds a known tensor. */
  fixed(tensor: HostTensor): Value;
}

/** How an op of ONNX becomes one of Basin's. */
export interface Rule {
  /** Of known tensors alone. */
  readonly host?: (
    inputs: readonly (HostTensor | undefined)[],
    node: OnnxNode,
    context: RuleContext,
  ) => readonly HostTensor[];
  /** With a value of the graph among the inputs. */
  readonly graph?: (
    inputs: readonly (Operand | undefined)[],
    node: OnnxNode,
    context: RuleContext,
  ) => readonly Operand[];
}

/** Rules by the name of the op. */
export type Rules = Readonly<Record<string, Rule>>;

/** An operand as a value in ONNX's order of axes. */
export function valueOf(operand: Operand | undefined, context: RuleContext): Value {
  if (operand === undefined) throw new RangeError("an input is missing");
  return operand.host === undefined ? plain(operand) : context.fixed(operand.host);
}

/** An input that has to be a value of the graph. */
export function asGraph(operand: Operand | undefined, context: RuleContext): GraphOperand {
  if (operand === undefined) throw new RangeError("an input is missing");
  if (operand.host === undefined) return operand;
  const held = context.fixed(operand.host);
  return { held, shape: held.shape, isChannelsLast: false };
}

/** The entries of an input that has to be known before anything runs, such as a shape. */
export function known(operand: Operand | undefined, what: string): HostTensor | undefined {
  if (operand === undefined || operand.host !== undefined) return operand?.host;
  throw new RangeError(
    `its ${what} is no constant: nodes compute it from the examples, or by ops that Basin knows of ` +
      "such values alone; export the model with a constant in its place",
  );
}

/** An axis counted from the end where it is negative. @throws {RangeError} If there is none such. */
export function axisOf(axis: number, rank: number): number {
  const own = axis < 0 ? axis + rank : axis;
  if (own >= 0 && own < rank) return own;
  throw new RangeError(`it has no axis ${axis}: its input has ${rank}`);
}
