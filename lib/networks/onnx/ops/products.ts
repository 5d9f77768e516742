/** Products of matrices. */
import { add } from "../../../graph/ops/add.ts";
import { batchMatMul } from "../../../graph/ops/batch_mat_mul.ts";
import { matMul } from "../../../graph/ops/mat_mul.ts";
import { scale } from "../../../graph/ops/mul.ts";
import { reshape } from "../../../graph/ops/reshape.ts";
import { sizeOf } from "../../../graph/shape.ts";
import type { Value } from "../../../graph/value.ts";
import { graphOperand } from "../operand.ts";
import { type Rules, valueOf } from "../rule.ts";

/** NumPy's product: of vectors, of matrices, of stacks of them. */
function product(a: Value, b: Value): Value {
  if (a.shape.length === 1) {
    const row = product(reshape(a, [1, a.shape[0]!]), b);
    return reshape(row, row.shape.toSpliced(-2, 1));
  }
  if (b.shape.length === 1) {
    const column = product(a, reshape(b, [b.shape[0]!, 1]));
    return reshape(column, column.shape.slice(0, -1));
  }
  if (b.shape.length > 2 || a.shape.length === 2 && b.shape.length === 2) {
    return b.shape.length > 2 ? batchMatMul(withStack(a), b) : matMul(a, b);
  }
  // One matrix for the whole stack: a single large product.
  const rows = reshape(a, [sizeOf(a.shape.slice(0, -1)), a.shape.at(-1)!]);
  return reshape(matMul(rows, b), [...a.shape.slice(0, -1), b.shape[1]!]);
}

function withStack(a: Value): Value {
  return a.shape.length > 2 ? a : reshape(a, [1, ...a.shape]);
}

/** The rules. */
export const PRODUCT_RULES: Rules = {
  MatMul: {
    graph: (
      [a, b],
      _,
      context,
    ) => [graphOperand(product(valueOf(a, context), valueOf(b, context)))],
  },
  Gemm: {
    graph([a, b, c], node, context) {
      const [left, right] = [valueOf(a, context), valueOf(b, context)];
      const plain = matMul(left, right, node.int("transA", 0) !== 0, node.int("transB", 0) !== 0);
      const alpha = node.float("alpha", 1);
      const scaled = alpha === 1 ? plain : scale(plain, alpha);
      if (c === undefined) return [graphOperand(scaled)];
      const beta = node.float("beta", 1);
      const offset = valueOf(c, context);
      return [graphOperand(add(scaled, beta === 1 ? offset : scale(offset, beta)))];
    },
  },
};
