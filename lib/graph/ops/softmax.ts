import { apply, defineOp, misfit } from "../op.ts";
import type { StableHloTensor } from "../stablehlo_emitter.ts";
import type { Value } from "../value.ts";
import { mul } from "./mul.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";

const SOFTMAX = defineOp<Record<never, never>>({
  name: "softmax",
  infer(inputs) {
    const { shape, dtype } = inputs[0]!;
    if (shape.length !== 2 || dtype !== "float32") {
      throw misfit("softmax", inputs, "wanted a matrix");
    }
    return { shape, dtype };
  },
  vjp: (node, g) => [softmaxDerivative(node, g)],
  jvp: (node, [tangent]) => softmaxDerivative(node, tangent!),
  tensorflow: (emit, inputs) => emit.node("Softmax", inputs),
  stablehlo(emit, [z], { shape }) {
    // Shifted, so that no exponential overflows.
    const along = (row: StableHloTensor) =>
      emit.broadcast(emit.reshape(row, [shape[0]!, 1]), shape);
    const below = emit.elementwise("subtract", z!, along(emit.reduce("maximum", z!, [1])));
    const powers = emit.elementwise("exponential", below);
    return emit.elementwise("divide", powers, along(emit.reduce("add", powers, [1])));
  },
  portable: (kernels, [z]) => kernels.softmax(z!),
  reference([z]) {
    const columns = z!.shape[1]!;
    const rows = new Float64Array(z!.data.length);
    for (let start = 0; start < rows.length; start += columns) {
      const row = z!.data.subarray(start, start + columns);
      // Shifted, so that no exponential overflows.
      const peak = row.reduce((largest, zj) => Math.max(largest, zj), -Infinity);
      const total = row.reduce((partial, zj) => partial + Math.exp(zj - peak), 0);
      rows.set(row.map((zj) => Math.exp(zj - peak) / total), start);
    }
    return rows;
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
