import { add, div, mul, sqrt, square, sub, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import type { NumericArray } from "../engine.ts";
import type { Device } from "../interpreter.ts";
import { TFJS_KERNELS } from "./kernels.ts";

/** Tensors of tfjs, in the memory of its backend: arrays are copied into it and out of it. */
export const TFJS_DEVICE: Device<Tensor> = {
  upload: (array, { shape, dtype }) => tensor(copied(array), [...shape], dtype),
  download: async (x) => (await x.data<"float32" | "int32">()).slice(),
  share: (x) => x.clone(),
  compute(node, inputs) {
    const { op } = node;
    if (!op.portable) {
      throw new TypeError(
        `Cannot compute ${op.name}: it has no portable rule; give it one, or an expansion into ops that have`,
      );
    }
    return tidy(() => op.portable!(TFJS_KERNELS, inputs, node));
  },
  adam({ variable, firstMoment, secondMoment, gradient, beta1, beta2, epsilon, ...scalars }) {
    return tidy(() => {
      const correction = div(
        sqrt(sub(1, scalars.beta2Power)),
        sub(1, scalars.beta1Power),
      );
      const step = mul(scalars.learningRate, correction);
      const m = add(mul(firstMoment, beta1), mul(gradient, 1 - beta1));
      const v = add(mul(secondMoment, beta2), mul(square(gradient), 1 - beta2));
      const x = sub(variable, mul(div(m, add(sqrt(v), epsilon)), step));
      return [x, m, v];
    });
  },
  free: (x) => x.dispose(),
};

/** A copy in the engine's precision: some backends keep the array that they are given, or give theirs. */
function copied(array: NumericArray): Float32Array | Int32Array {
  return array instanceof Int32Array ? array.slice() : Float32Array.from(array);
}
