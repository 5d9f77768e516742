import type { ReferenceTensor } from "../../graph/value.ts";
import type { Device } from "../interpreter.ts";

/** Tensors as float64 arrays, computed with by the ops' own reference rules. */
export const REFERENCE_DEVICE: Device<ReferenceTensor> = {
  upload: (array, { shape, dtype }) => ({ shape, dtype, data: Float64Array.from(array) }),
  download: ({ dtype, data }) =>
    Promise.resolve(dtype === "int32" ? Int32Array.from(data) : data.slice()),
  share: (tensor) => tensor, // never changed, and freed by the garbage collector
  compute(node, inputs) {
    const { shape, dtype, op } = node;
    if (!op.reference) {
      throw new TypeError(
        `Cannot compute ${op.name}: it has no reference rule; give it one, or an expansion into ops that have`,
      );
    }
    return { shape, dtype, data: op.reference(inputs, node) };
  },
  adam({ variable, firstMoment, secondMoment, gradient, beta1, beta2, epsilon, ...scalars }) {
    const [rate, power1, power2] = [
      scalars.learningRate.data[0]!,
      scalars.beta1Power.data[0]!,
      scalars.beta2Power.data[0]!,
    ];
    const step = rate * Math.sqrt(1 - power2) / (1 - power1);
    const g = gradient.data;
    const m = firstMoment.data.map((mi, i) => beta1 * mi + (1 - beta1) * g[i]!);
    const v = secondMoment.data.map((vi, i) => beta2 * vi + (1 - beta2) * g[i]! ** 2);
    const x = variable.data.map((xi, i) => xi - step * m[i]! / (Math.sqrt(v[i]!) + epsilon));
    return [
      { ...variable, data: x },
      { ...firstMoment, data: m },
      { ...secondMoment, data: v },
    ];
  },
  free: () => {},
};
