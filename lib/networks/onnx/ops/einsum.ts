/** Sums of products by Einstein's convention. */
import { batchMatMul } from "../../../graph/ops/batch_mat_mul.ts";
import { reshape } from "../../../graph/ops/reshape.ts";
import { slice } from "../../../graph/ops/slice.ts";
import { broadcastTo, sum } from "../../../graph/ops/sum.ts";
import { transpose } from "../../../graph/ops/transpose.ts";
import { sizeOf } from "../../../graph/shape.ts";
import type { Value } from "../../../graph/value.ts";
import { graphOperand } from "../operand.ts";
import { type Rules, valueOf } from "../rule.ts";

/** A factor with a letter for each axis. */
interface Factor {
  readonly value: Value;
  readonly axes: readonly string[];
}

/** An equation with a letter for each axis, those of an ellipsis too. */
interface Equation {
  readonly factors: readonly (readonly string[])[];
  readonly result: readonly string[];
}

/**
 * Reads `bij,bjk->bik`. Without an arrow the result has the ellipsis, and in alphabetical order the
 * letters that stand once. Axes of an ellipsis get the letters 0, 1, …, the last of them 0.
 */
function equationOf(text: string, ranks: readonly number[]): Equation {
  const [left = "", right] = text.replaceAll(/\s/g, "").split("->");
  const terms = left.split(",");
  if (terms.length !== ranks.length) {
    throw new RangeError(
      `its equation "${text}" is of ${terms.length} factors, got ${ranks.length}`,
    );
  }
  const widths = terms.map((term, k) => {
    const named = term.replace("...", "").length;
    const width = ranks[k]! - named;
    if (width === 0 || width > 0 && term.includes("...")) return width;
    throw new RangeError(
      `its equation "${text}" does not fit a factor of ${ranks[k]} axes: ${term}`,
    );
  });
  const widest = Math.max(...widths);
  const expanded = (term: string, width: number) => {
    const dots = Array.from({ length: width }, (_, axis) => String(width - 1 - axis));
    const [before = "", after = ""] = term.split("...");
    return [...before, ...(term.includes("...") ? dots : []), ...after];
  };
  const letters = [...terms.join("").replaceAll("...", "")];
  const once = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter));
  const result = right ?? `${left.includes("...") ? "..." : ""}${once.sort().join("")}`;
  return {
    factors: terms.map((term, k) => expanded(term, widths[k]!)),
    result: expanded(result, widest),
  };
}

/** The diagonal where a letter stands twice. */
function diagonal({ value, axes }: Factor): Factor {
  const again = axes.findIndex((letter, axis) => axes.indexOf(letter) < axis);
  if (again < 0) return { value, axes };
  const first = axes.indexOf(axes[again]!);
  const others = [...axes.keys()].filter((axis) => axis !== first && axis !== again);
  const extent = value.shape[first]!;
  if (value.shape[again] !== extent) {
    throw new RangeError(
      `its axes ${axes[again]} have ${extent} and ${value.shape[again]} entries`,
    );
  }
  const kept = others.map((axis) => value.shape[axis]!);
  const flat = reshape(transpose(value, [...others, first, again]), [...kept, extent * extent]);
  const starts = new Array<number>(others.length + 1).fill(0);
  const strides = starts.map((_, axis) => axis < others.length ? 1 : extent + 1);
  return diagonal({
    value: slice(flat, starts, [...kept, extent], strides),
    axes: [...others.map((axis) => axes[axis]!), axes[first]!],
  });
}

/** Sums over the letters that nothing else has. */
function summed({ value, axes }: Factor, kept: ReadonlySet<string>): Factor {
  const gone = [...axes.keys()].filter((axis) => !kept.has(axes[axis]!));
  return { value: sum(value, gone), axes: axes.filter((letter) => kept.has(letter)) };
}

/** The axes in this order; letters that are not there get an axis of one entry. */
function arranged({ value, axes }: Factor, order: readonly string[]): Value {
  const there = order.filter((letter) => axes.includes(letter));
  const turned = transpose(value, there.map((letter) => axes.indexOf(letter)));
  const extent = (letter: string) => value.shape[axes.indexOf(letter)] ?? 1;
  return reshape(turned, order.map(extent));
}

/** Σ of the product of two factors over the letters that are not kept: a stack of matrix products. */
function product(left: Factor, right: Factor, kept: ReadonlySet<string>): Factor {
  const [a, b] = [
    summed(left, kept.union(new Set(right.axes))),
    summed(right, kept.union(new Set(left.axes))),
  ];
  const shared = a.axes.filter((letter) => b.axes.includes(letter));
  const stack = shared.filter((letter) => kept.has(letter));
  const inner = shared.filter((letter) => !kept.has(letter));
  const rows = a.axes.filter((letter) => !shared.includes(letter));
  const columns = b.axes.filter((letter) => !shared.includes(letter));
  const extentOf = (letter: string) => {
    const [own = 1, other = 1] = [a, b].map(({ value, axes }) =>
      value.shape[axes.indexOf(letter)] ?? 1
    );
    if (own === other || own === 1 || other === 1) return Math.max(own, other);
    throw new RangeError(`its axis ${letter} has ${own} and ${other} entries`);
  };
  const extents = (letters: readonly string[]) => letters.map(extentOf);
  const size = (letters: readonly string[]) => sizeOf(extents(letters));
  const matrices = (factor: Factor, outer: readonly string[]) => {
    const order = [...stack, ...outer, ...inner];
    const whole = broadcastTo(arranged(factor, order), extents(order));
    return reshape(whole, [size(stack), size(outer), size(inner)]);
  };
  const products = batchMatMul(matrices(a, rows), matrices(b, columns), false, true);
  const axes = [...stack, ...rows, ...columns];
  return { value: reshape(products, extents(axes)), axes };
}

/** The rule. */
export const EINSUM_RULES: Rules = {
  Einsum: {
    graph(operands, node, context) {
      const values = operands.map((operand) => valueOf(operand, context));
      const text = node.text("equation", "");
      const { factors, result } = equationOf(text, values.map(({ shape }) => shape.length));
      const own = factors.map((axes, k) => diagonal({ value: values[k]!, axes }));
      const known = new Set(own.flatMap(({ axes }) => axes));
      if (new Set(result).size < result.length || result.some((letter) => !known.has(letter))) {
        throw new RangeError(`its equation "${text}" has a result that its factors do not give`);
      }
      const all = own.reduce((left, right, k) => {
        const later = own.slice(k + 1).flatMap(({ axes }) => axes);
        return product(left, right, new Set([...result, ...later]));
      });
      return [graphOperand(arranged(summed(all, new Set(result)), result))];
    },
  },
};
