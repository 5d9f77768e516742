import { stream } from "../../lib/random/stream.ts";
import { placeholder, variable } from "../../lib/graph/ops/leaf.ts";
import { type Shape, sizeOf } from "../../lib/graph/shape.ts";
import { topologicalOrder, type Value } from "../../lib/graph/value.ts";

/** An input of a case: its shape, and how its entries are drawn. */
export interface CaseInput {
  readonly shape: Shape;
  readonly kind: "placeholder" | "variable" | "labels";
  draw(size: number, name: string): Float64Array | Int32Array;
}

/** One op on inputs of certain shapes and attributes. */
export interface OpCase {
  /** Name of the op whose node {@link build} returns. */
  readonly op: string;
  /** Shapes and attributes, to tell the op's cases apart. */
  readonly label: string;
  readonly inputs: readonly CaseInput[];
  build(...inputs: Value[]): Value;
  /** y by a formula that shares no code with the op. */
  formula?(...inputs: Float64Array[]): ArrayLike<number>;
}

/** Float64 entries of U(low, high). */
export function real(shape: Shape, low = -1, high = 1): CaseInput {
  return {
    shape,
    kind: "placeholder",
    draw(size, name) {
      const entries = new Float64Array(size);
      stream(1, name).fillUniform(entries, 0);
      return entries.map((uniform) => Math.fround(low + (high - low) * uniform));
    },
  };
}

/** As {@link real}, but at least 0.1 from 0, so that no kink is near. */
export function awayFromZero(shape: Shape): CaseInput {
  const { draw } = real(shape);
  return {
    shape,
    kind: "placeholder",
    draw: (size, name) => draw(size, name).map((x) => Math.fround(x + Math.sign(x) * 0.1)),
  };
}

/** Class indices 0 … classes − 1. */
export function labels(count: number, classes: number): CaseInput {
  return {
    shape: [count],
    kind: "labels",
    draw: (size, name) => {
      const draws = stream(1, name);
      return Int32Array.from({ length: size }, () => draws.below(classes));
    },
  };
}

/** Two 32-bit words, one of them with its sign bit set. */
export function key(): CaseInput {
  return { shape: [2], kind: "labels", draw: () => Int32Array.of(20170419, -1601536404) };
}

/**
 * A case's leaves, their entries, its operands, and its result. Leaves are named after the case.
 *
 * @param through From a real leaf to the operand that stands for it; default the leaf itself.
 */
export function instantiate(opCase: OpCase, through: (leaf: Value) => Value = (leaf) => leaf) {
  const name = nameOf(opCase);
  const leaves = opCase.inputs.map(({ shape, kind }, i) => {
    if (kind === "variable") return variable(`${name}/${i}`, shape);
    return placeholder(`${name}/${i}`, shape, kind === "labels" ? "int32" : "float32");
  });
  const entries = opCase.inputs.map(({ draw, shape }, i) => draw(sizeOf(shape), `${name}/${i}`));
  const operands = leaves.map((leaf) => leaf.dtype === "float32" ? through(leaf) : leaf);
  return { leaves, operands, entries, y: opCase.build(...operands) };
}

/** `matMul [2, 3] [3, 4]` */
export function nameOf({ op, label }: OpCase): string {
  return `${op} ${label}`;
}

/** The node of one op within a graph, for ops that appear only in others' derivatives. */
export function nodeWithin(graph: Value, op: string): Value {
  const node = topologicalOrder([graph]).findLast((value) => value.op.name === op);
  if (!node) throw new TypeError(`Cannot find ${op} in the graph`);
  return node;
}
