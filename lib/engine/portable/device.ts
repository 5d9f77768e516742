import { add, div, mul, sqrt, square, sub, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import type { NumericArray } from "../engine.ts";
import type { Device } from "../interpreter.ts";
import { TFJS_KERNELS } from "./kernels.ts";

/** Tensors of tfjs, in WebAssembly's memory: arrays are copied into it and out of it. */
export const TFJS_DEVICE: Device<Tensor> = {
  upload: (array, { shape, dtype }) => tensor(typed(array), [...shape], dtype),
  download: (x) => x.dataSync() as Float32Array | Int32Array,
  share: (x) => x.clone(),
  compute(node, inputs) {
    const { op } = node;
    if (!op.portable) throw new TypeError(`Cannot compute ${op.name}: it has no portable rule`);
    return tidy(() => op.portable!(TFJS_KERNELS, inputs, node));
  },
  adam(x, m, v, g, { step, beta1, beta2, epsilon }) {
    return tidy(() => {
      const first = add(mul(m, beta1), mul(g, 1 - beta1));
      const second = add(mul(v, beta2), mul(square(g), 1 - beta2));
      const moved = sub(x, mul(div(first, add(sqrt(second), epsilon)), step));
      return [moved, first, second];
    });
  },
  free: (x) => x.dispose(),
};

/** The array in the engine's precision. */
function typed(array: NumericArray): Float32Array | Int32Array {
  return array instanceof Float64Array ? Float32Array.from(array) : array;
}
