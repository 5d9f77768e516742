import type { ReferenceTensor } from "../../graph/op.ts";
import type { Device } from "../interpreter.ts";

/** Tensors as float64 arrays, computed with by the ops' own reference rules. */
export const REFERENCE_DEVICE: Device<ReferenceTensor> = {
  upload: (array, { shape, dtype }) => ({ shape, dtype, data: Float64Array.from(array) }),
  download: ({ dtype, data }) => dtype === "int32" ? Int32Array.from(data) : data.slice(),
  share: (tensor) => tensor, // never changed, and freed by the garbage collector
  compute(node, inputs) {
    const { shape, dtype, op } = node;
    if (!op.reference) throw new TypeError(`Cannot compute ${op.name}: it has no reference rule`);
    return { shape, dtype, data: op.reference(inputs, node) };
  },
  adam(x, m, v, gradient, { step, beta1, beta2, epsilon }) {
    const g = gradient.data;
    const first = m.data.map((mi, i) => beta1 * mi + (1 - beta1) * g[i]!);
    const second = v.data.map((vi, i) => beta2 * vi + (1 - beta2) * g[i]! ** 2);
    const moved = x.data.map((xi, i) => xi - step * first[i]! / (Math.sqrt(second[i]!) + epsilon));
    return [{ ...x, data: moved }, { ...m, data: first }, { ...v, data: second }];
  },
  free: () => {},
};
