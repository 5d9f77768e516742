/**
 * Convolution and its two adjoints: the three ways to contract the trilinear form
 * T(x, w, y) = Σ x[n, r·s + i − p, c·s + j − p, ch] · w[i, j, ch, k] · y[n, r, c, k]
 * with two of its factors. Hence each one's derivatives are the other two.
 */
import { apply, defineOp, misfit, type Op, type ReferenceTensor } from "../op.ts";
import { sameShape, type Shape, sizeOf } from "../shape.ts";
import type { TensorFlowAttribute } from "../tensorflow_emitter.ts";
import type { Value } from "../value.ts";
import { type Convolution, imageExtents, slide } from "../window.ts";
import { addIfPresent } from "./add.ts";

const FACTORS = ["input", "kernel", "output"] as const;

type Factor = typeof FACTORS[number];

/** `shape` is the result's, which the two factors at hand need not determine. */
type Contraction = Convolution & { readonly shape: Shape };

const CONV2D: Op<Contraction> = defineOp<Contraction>({
  name: "conv2d",
  ...contraction("conv2d", "output"),
  tensorflow: (emit, inputs, { attributes }) => emit.node("Conv2D", inputs, nhwc(attributes)),
  portable: (kernels, [x, kernel], { attributes }) => kernels.conv2d(x!, kernel!, attributes),
});

const INPUT_GRADIENT: Op<Contraction> = defineOp<Contraction>({
  name: "conv2dInputGradient",
  ...contraction("conv2dInputGradient", "input"),
  tensorflow: (emit, [kernel, dy], { attributes }) =>
    emit.node(
      "Conv2DBackpropInput",
      [emit.int32(attributes.shape), kernel!, dy!],
      nhwc(attributes),
    ),
  portable: (kernels, [kernel, dy], { attributes }) =>
    kernels.conv2dInputGradient(dy!, kernel!, attributes.shape, attributes),
});

const KERNEL_GRADIENT: Op<Contraction> = defineOp<Contraction>({
  name: "conv2dKernelGradient",
  ...contraction("conv2dKernelGradient", "kernel"),
  tensorflow: (emit, [x, dy], { attributes }) =>
    emit.node("Conv2DBackpropFilter", [x!, emit.int32(attributes.shape), dy!], nhwc(attributes)),
  portable: (kernels, [x, dy], { attributes }) =>
    kernels.conv2dKernelGradient(x!, dy!, attributes.shape, attributes),
});

/** What the three ops have in common: all but the kernels that compute them. */
function contraction(
  name: string,
  result: Factor,
): Pick<Op<Contraction>, "infer" | "vjp" | "jvp" | "reference"> {
  const [first, second] = FACTORS.filter((factor) => factor !== result) as [Factor, Factor];
  return {
    infer(inputs, { shape, ...options }) {
      const shapes = Object.fromEntries([
        [result, shape],
        [first, inputs[0]!.shape],
        [second, inputs[1]!.shape],
      ]) as Record<Factor, Shape>;
      if (inputs.some(({ dtype }) => dtype !== "float32") || !fit(shapes, options)) {
        throw misfit(
          name,
          inputs,
          "wanted float32 images [N, H, W, C], a kernel [h, w, C, K] no larger than they, and " +
            "their convolution",
        );
      }
      return { shape, dtype: "float32" };
    },
    vjp: ({ inputs: [a, b], attributes }, g) => [
      contract(first, { [result]: g, [second]: b! }, a!.shape, attributes),
      contract(second, { [result]: g, [first]: a! }, b!.shape, attributes),
    ],
    jvp: ({ inputs: [a, b], shape, attributes }, [ta, tb]) =>
      addIfPresent(
        ta && contract(result, { [first]: ta, [second]: b! }, shape, attributes),
        tb && contract(result, { [first]: a!, [second]: tb }, shape, attributes),
      ),
    reference([a, b], { shape, attributes }) {
      const total = new Float64Array(sizeOf(shape));
      const factors = { [first]: a!, [second]: b!, [result]: { shape } };
      forEachTerm(factors as Record<Factor, ReferenceTensor>, attributes, (indices) => {
        total[indices[result]]! += a!.data[indices[first]]! * b!.data[indices[second]]!;
      });
      return total;
    },
  };
}

function contract(
  result: Factor,
  factors: Partial<Record<Factor, Value>>,
  shape: Shape,
  { stride, padding }: Convolution,
): Value {
  const op = { output: CONV2D, input: INPUT_GRADIENT, kernel: KERNEL_GRADIENT }[result];
  const inputs = FACTORS.flatMap((factor) => factors[factor] ?? []);
  return apply(op, inputs, { stride, padding, shape });
}

/** Whether `output` has the shape of the input's convolution with the kernel. */
function fit({ input, kernel, output }: Record<Factor, Shape>, options: Convolution): boolean {
  if (input.length !== 4 || kernel.length !== 4 || input[3] !== kernel[2]) return false;
  return output.every((extent) => extent > 0) &&
    sameShape(output, convolvedShape(input, kernel, options));
}

function convolvedShape(input: Shape, kernel: Shape, { stride, padding }: Convolution): Shape {
  const along = (axis: 1 | 2) => slide(input[axis]!, kernel[axis - 1]!, stride, padding).positions;
  return [input[0]!, along(1), along(2), kernel[3]!];
}

/** Visits every term of T by the flat indices of its three factors. */
function forEachTerm(
  { input, kernel, output }: Record<Factor, { readonly shape: Shape }>,
  { stride, padding }: Convolution,
  visit: (indices: Record<Factor, number>) => void,
): void {
  const { batch, height, width, channels } = imageExtents(input.shape);
  const [h, w, , filters] = kernel.shape as [number, number, number, number];
  const { height: rows, width: columns } = imageExtents(output.shape);
  const above = slide(height, h, stride, padding).before;
  const left = slide(width, w, stride, padding).before;
  for (let n = 0; n < batch; n++) {
    for (let position = 0; position < rows * columns; position++) {
      const r = Math.floor(position / columns);
      const c = position % columns;
      for (let tap = 0; tap < h * w; tap++) {
        const row = r * stride + Math.floor(tap / w) - above;
        const column = c * stride + tap % w - left;
        if (row < 0 || row >= height || column < 0 || column >= width) continue;
        for (let channel = 0; channel < channels; channel++) {
          for (let k = 0; k < filters; k++) {
            visit({
              input: ((n * height + row) * width + column) * channels + channel,
              kernel: (tap * channels + channel) * filters + k,
              output: (n * rows * columns + position) * filters + k,
            });
          }
        }
      }
    }
  }
}

function nhwc({ stride, padding }: Convolution): Record<string, TensorFlowAttribute> {
  return {
    strides: { ints: [1, stride, stride, 1] },
    padding: { string: padding.toUpperCase() },
    data_format: { string: "NHWC" },
  };
}

/**
 * Convolution (cross-correlation, as all deep-learning libraries have it)
 * y[n, r, c, k] = Σ_{i,j,ch} x[n, r·s + i − p, c·s + j − p, ch] · w[i, j, ch, k].
 *
 * @param x Images, shape [N, H, W, C].
 * @param kernel w, shape [h, w, C, K].
 * @param options Stride s, default 1, and padding, default `same`.
 * @returns Shape [N, H′, W′, K]; H′ = ⌈H/s⌉ with `same` padding.
 * @throws {TypeError} If the shapes do not fit, or the kernel exceeds unpadded images.
 */
export function conv2d(
  x: Value,
  kernel: Value,
  { stride = 1, padding = "same" }: Partial<Convolution> = {},
): Value {
  const ranks = x.shape.length === 4 && kernel.shape.length === 4;
  const shape = ranks ? convolvedShape(x.shape, kernel.shape, { stride, padding }) : [];
  return apply(CONV2D, [x, kernel], { stride, padding, shape });
}
