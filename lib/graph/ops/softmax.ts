import { apply, defineOp, misfit, type ReferenceTensor } from "../op.ts";
import type { Value } from "../value.ts";
import { mul } from "./mul.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";

function mapRows(
  { data, shape }: ReferenceTensor,
  ofRow: (row: Float64Array) => Float64Array,
): Float64Array {
  const columns = shape[1]!;
  const rows = new Float64Array(data.length);
  for (let start = 0; start < data.length; start += columns) {
    rows.set(ofRow(data.subarray(start, start + columns)), start);
  }
  return rows;
}

/** max z and Σ exp(z − max z): shifted, so that no exponential overflows. */
function exponentials(row: Float64Array): { peak: number; total: number } {
  const peak = row.reduce((largest, z) => Math.max(largest, z), -Infinity);
  return { peak, total: row.reduce((partial, z) => partial + Math.exp(z - peak), 0) };
}

function inferRows(name: string) {
  return (inputs: readonly Value[]) => {
    const { shape, dtype } = inputs[0]!;
    if (shape.length !== 2 || dtype !== "float32") throw misfit(name, inputs, "wanted a matrix");
    return { shape, dtype };
  };
}

const SOFTMAX = defineOp<Record<never, never>>({
  name: "softmax",
  infer: inferRows("softmax"),
  vjp: (node, g) => [softmaxDerivative(node, g)],
  jvp: (node, [tangent]) => softmaxDerivative(node, tangent!),
  tensorflow: (emit, inputs) => emit.node("Softmax", inputs),
  portable: (kernels, [z]) => kernels.softmax(z!),
  reference([z]) {
    return mapRows(z!, (row) => {
      const { peak, total } = exponentials(row);
      return row.map((zj) => Math.exp(zj - peak) / total);
    });
  },
});

const LOG_SOFTMAX = defineOp<Record<never, never>>({
  name: "logSoftmax",
  infer: inferRows("logSoftmax"),
  // J = I − 1pᵀ for each row.
  vjp: ({ inputs }, g) => [sub(g, mul(softmax(inputs[0]!), sum(g, [1], true)))],
  jvp: ({ inputs }, [t]) => sub(t!, sum(mul(softmax(inputs[0]!), t!), [1], true)),
  tensorflow: (emit, inputs) => emit.node("LogSoftmax", inputs),
  portable: (kernels, [z]) => kernels.logSoftmax(z!),
  reference([z]) {
    return mapRows(z!, (row) => {
      const { peak, total } = exponentials(row);
      return row.map((zj) => zj - peak - Math.log(total));
    });
  },
});

/** (diag p − ppᵀ) v for each row: the Jacobian of softmax, which is symmetric. */
function softmaxDerivative(p: Value, v: Value): Value {
  return mul(p, sub(v, sum(mul(p, v), [1], true)));
}

/** p_j = exp z_j / Σ_k exp z_k for each row of the logits z, shape [batch, classes]. */
export function softmax(logits: Value): Value {
  return apply(SOFTMAX, [logits], {});
}

/** ln softmax(z) for each row, without forming the softmax. */
export function logSoftmax(logits: Value): Value {
  return apply(LOG_SOFTMAX, [logits], {});
}
