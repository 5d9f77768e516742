/**
 * Convolution and its two adjoints: the three ways to contract a trilinear form with two of its
 * factors. Hence each one's derivatives are the other two.
 *
 *     T(x, w, y) = Σ x[n, r·s + i − p, c·s + j − p, ch] · w[i, j, ch, k] · y[n, r, c, k]
 */
import { apply, defineOp, misfit } from "../op.ts";
import type { Op, ReferenceTensor, Value } from "../value.ts";
import { sameShape, type Shape, sizeOf } from "../shape.ts";
import {
  integers,
  paddingAttribute,
  type StableHloEmitter,
  type StableHloTensor,
} from "../stablehlo_emitter.ts";
import type { TensorFlowAttribute } from "../tensorflow_emitter.ts";
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
  stablehlo(emit, [x, kernel], { shape, attributes }) {
    return convolution(emit, [x!, kernel!], shape, "[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]", {
      window_strides: integers([attributes.stride, attributes.stride]),
      padding: paddingAttribute(
        axesOf(x!.shape, kernel!.shape, attributes).map(({ before, after }) => [before, after]),
      ),
    });
  },
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
  // The kernel turned by half a turn slides over ȳ, whose entries stand `stride` apart.
  stablehlo(emit, [kernel, dy], { shape, attributes }) {
    const turned = emit.instruction("reverse", [kernel!], kernel!, {
      dimensions: integers([0, 1]),
    });
    const padding = axesOf(shape, kernel!.shape, attributes).map(
      ({ before, extent, window, span }) => {
        const low = window - 1 - before;
        return [low, extent + window - 1 - span - low] as const;
      },
    );
    return convolution(emit, [dy!, turned], shape, "[b, 0, 1, f]x[0, 1, o, i]->[b, 0, 1, f]", {
      lhs_dilation: integers([attributes.stride, attributes.stride]),
      padding: paddingAttribute(padding),
    });
  },
  portable: (kernels, [kernel, dy], { attributes }) =>
    kernels.conv2dInputGradient(dy!, kernel!, attributes.shape, attributes),
});

const KERNEL_GRADIENT: Op<Contraction> = defineOp<Contraction>({
  name: "conv2dKernelGradient",
  ...contraction("conv2dKernelGradient", "kernel"),
  tensorflow: (emit, [x, dy], { attributes }) =>
    emit.node("Conv2DBackpropFilter", [x!, emit.int32(attributes.shape), dy!], nhwc(attributes)),
  // ȳ, whose entries stand `stride` apart, slides over x; the examples are what is summed over.
  stablehlo(emit, [x, dy], { shape, attributes }) {
    const padding = axesOf(x!.shape, shape, attributes).map(
      ({ before, extent, window, span }) => [before, window + span - 1 - extent - before] as const,
    );
    return convolution(emit, [x!, dy!], shape, "[f, 0, 1, b]x[i, 0, 1, o]->[0, 1, b, f]", {
      rhs_dilation: integers([attributes.stride, attributes.stride]),
      padding: paddingAttribute(padding),
    });
  },
  portable: (kernels, [x, dy], { attributes }) =>
    kernels.conv2dKernelGradient(x!, dy!, attributes.shape, attributes),
});

function convolution(
  emit: StableHloEmitter,
  factors: readonly [StableHloTensor, StableHloTensor],
  shape: Shape,
  dimensions: string,
  window: Readonly<Record<string, string>>,
): StableHloTensor {
  return emit.instruction("convolution", factors, { shape, dtype: "float32" }, {
    ...window,
    dimension_numbers: `#stablehlo.conv<${dimensions}>`,
    feature_group_count: "1 : i64",
    batch_group_count: "1 : i64",
    precision_config: emit.precision,
  });
}

/** How the kernel slides along height and width; `span` is what its positions reach over. */
function axesOf(input: Shape, kernel: Shape, { stride, padding }: Convolution) {
  return [0, 1].map((axis) => {
    const [extent, window] = [input[axis + 1]!, kernel[axis]!];
    const along = slide(extent, window, stride, padding);
    return { ...along, extent, window, span: (along.positions - 1) * stride + 1 };
  });
}

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
      const total = { shape, data: new Float64Array(sizeOf(shape)) };
      accumulate(
        { [first]: a!, [second]: b!, [result]: total } as Record<Factor, Entries>,
        result,
        attributes,
      );
      return total.data;
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

type Entries = Pick<ReferenceTensor, "shape" | "data">;

/** Adds to one factor, entry by entry, the products of the other two in the terms of T. */
function accumulate(
  { input: x, kernel: w, output: y }: Record<Factor, Entries>,
  result: Factor,
  options: Convolution,
): void {
  const filters = w.shape[3]!;
  forEachTap(x.shape, w.shape, y.shape, options, (i, tap, o) => {
    if (result === "output") {
      for (let k = 0; k < filters; k++) y.data[o + k]! += x.data[i]! * w.data[tap + k]!;
    } else if (result === "kernel") {
      for (let k = 0; k < filters; k++) w.data[tap + k]! += x.data[i]! * y.data[o + k]!;
    } else {
      for (let k = 0; k < filters; k++) x.data[i]! += w.data[tap + k]! * y.data[o + k]!;
    }
  });
}

/** Visits every pixel of x that a tap of w sees for a pixel of y, by the flat indices of k = 0. */
function forEachTap(
  input: Shape,
  kernel: Shape,
  output: Shape,
  { stride, padding }: Convolution,
  visit: (input: number, kernel: number, output: number) => void,
): void {
  const { batch, height, width, channels } = imageExtents(input);
  const [h, w, , filters] = kernel as [number, number, number, number];
  const { height: rows, width: columns } = imageExtents(output);
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
        const pixel = ((n * height + row) * width + column) * channels;
        const seen = (n * rows * columns + position) * filters;
        for (let channel = 0; channel < channels; channel++) {
          visit(pixel + channel, (tap * channels + channel) * filters, seen);
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

/**
 * Transposed convolution, the adjoint of an unpadded {@link conv2d} by its images:
 * x[n, r·s + i, c·s + j, ch] = Σ_k y[n, r, c, k] · w[i, j, ch, k].
 *
 * @param y Shape [N, H′, W′, K].
 * @param kernel w, shape [h, w, C, K].
 * @param stride s.
 * @returns Images, shape [N, (H′ − 1) s + h, (W′ − 1) s + w, C].
 * @throws {TypeError} If the shapes do not fit.
 */
export function transposedConv2d(y: Value, kernel: Value, stride: number): Value {
  const [batch, rows, columns] = y.shape as [number, number, number];
  const [height, width, channels] = kernel.shape as [number, number, number];
  const shape = [batch, (rows - 1) * stride + height, (columns - 1) * stride + width, channels];
  return contract("input", { kernel, output: y }, shape, { stride, padding: "valid" });
}
