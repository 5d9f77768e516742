/** Max pooling; with the places of the maxima held fixed, its tangent and its adjoint are linear. */
import { apply, defineOp, misfit } from "../op.ts";
import type { Op, ReferenceTensor, Value } from "../value.ts";
import { sameShape, type Shape, sizeOf } from "../shape.ts";
import type { StableHloEmitter, StableHloTensor } from "../stablehlo_emitter.ts";
import type { TensorFlowAttribute, TensorFlowEmitter } from "../tensorflow_emitter.ts";
import { imageExtents, type Pool, slide } from "../window.ts";

const MAX_POOL: Op<Pool> = defineOp<Pool>({
  name: "maxPool",
  infer: (inputs, pool) => ({ shape: checked("maxPool", inputs, pool), dtype: "float32" }),
  vjp: (node, g) => [scatterToMaxima(node.inputs[0]!, node, g, node.attributes)],
  jvp: (node, [tangent]) => gatherAtMaxima(node.inputs[0]!, node, tangent!, node.attributes),
  tensorflow: (emit, inputs, { attributes }) => emit.node("MaxPool", inputs, nhwc(attributes)),
  stablehlo(emit, [x], { shape, attributes }) {
    const padding = poolAxes(x!.shape, attributes).map(
      ({ before, after }) => [before, after] as const,
    );
    return emit.windowMaximum(x!, shape, {
      window: attributes.window,
      stride: attributes.stride,
      padding: [[0, 0], ...padding, [0, 0]],
    });
  },
  portable: (kernels, [x], { attributes }) => kernels.maxPool(x!, attributes),
  reference: ([x], { shape, attributes }) =>
    Float64Array.from(maximaOf(x!, shape, attributes), (place) => x!.data[place]!),
});

/** Linear in g; constant in x almost everywhere, where the places of the maxima stay. */
const SCATTER_TO_MAXIMA: Op<Pool> = defineOp<Pool>({
  name: "scatterToMaxima",
  infer(inputs, pool) {
    const shape = checked("scatterToMaxima", inputs, pool);
    const like = inputs.slice(1).every((value) => sameShape(value.shape, shape));
    if (!like) throw misfit("scatterToMaxima", inputs, "wanted x, y = maxPool(x) and g like y");
    return { shape: inputs[0]!.shape, dtype: "float32" };
  },
  vjp: ({ inputs: [x, y], attributes }, cotangent) => [
    undefined,
    undefined,
    gatherAtMaxima(x!, y!, cotangent, attributes),
  ],
  jvp: ({ inputs: [x, y], attributes }, [, , g]) => g && scatterToMaxima(x!, y!, g, attributes),
  tensorflow: (emit, inputs, { attributes }) => emit.node("MaxPoolGrad", inputs, nhwc(attributes)),
  // Tap by tap in a fixed order, where a scatter would add in any order.
  stablehlo(emit, [x, y, g], { shape, attributes }) {
    const { stride, window } = attributes;
    const place = placesOfMaxima(emit, x!, y!.shape, attributes);
    const axes = poolAxes(x!.shape, attributes);
    let total = emit.fill(0, shape);
    for (let tap = 0; tap < window * window; tap++) {
      const offsets = [Math.floor(tap / window), tap % window];
      const low = axes.map(({ before }, axis) => offsets[axis]! - before);
      const high = axes.map(({ extent, span }, axis) => extent - span - low[axis]!);
      const won = atTap(emit, place, tap, g!);
      const between = stride - 1;
      const spread = emit.pad(won, 0, [0, ...low, 0], [0, ...high, 0], [0, between, between, 0]);
      total = emit.elementwise("add", total, spread);
    }
    return total;
  },
  portable: (kernels, [x, y, g], { attributes }) => kernels.scatterToMaxima(x!, y!, g!, attributes),
  reference([x, y, g], { attributes }) {
    const spread = new Float64Array(x!.data.length);
    maximaOf(x!, y!.shape, attributes).forEach((place, o) => spread[place]! += g!.data[o]!);
    return spread;
  },
});

const GATHER_AT_MAXIMA: Op<Pool> = defineOp<Pool>({
  name: "gatherAtMaxima",
  infer(inputs, pool) {
    const shape = checked("gatherAtMaxima", inputs, pool);
    const [x, y, t] = inputs as [Value, Value, Value];
    if (!sameShape(y.shape, shape) || !sameShape(t.shape, x.shape)) {
      throw misfit("gatherAtMaxima", inputs, "wanted x, y = maxPool(x) and t like x");
    }
    return { shape, dtype: "float32" };
  },
  vjp: ({ inputs: [x, y], attributes }, cotangent) => [
    undefined,
    undefined,
    scatterToMaxima(x!, y!, cotangent, attributes),
  ],
  jvp: ({ inputs: [x, y], attributes }, [, , t]) => t && gatherAtMaxima(x!, y!, t, attributes),
  tensorflow: emitGather,
  stablehlo(emit, [x, y, t], { attributes }) {
    const place = placesOfMaxima(emit, x!, y!.shape, attributes);
    return tapsOf(emit, t!, 0, y!.shape, attributes)
      .map((entries, tap) => atTap(emit, place, tap, entries))
      .reduce((total, entries) => emit.elementwise("add", total, entries));
  },
  portable: (kernels, [x, , t], { attributes }) => kernels.gatherAtMaxima(x!, t!, attributes),
  reference: ([x, y, t], { attributes }) =>
    Float64Array.from(maximaOf(x!, y!.shape, attributes), (place) => t!.data[place]!),
});

/** Shape of the pooled images. @throws {TypeError} If the first input is no image that fits. */
function checked(name: string, inputs: readonly Value[], pool: Pool): Shape {
  const [x] = inputs as [Value];
  if (x.shape.length === 4 && inputs.every(({ dtype }) => dtype === "float32")) {
    const { batch, height, width, channels } = imageExtents(x.shape);
    const rows = slide(height, pool.window, pool.stride, pool.padding).positions;
    const columns = slide(width, pool.window, pool.stride, pool.padding).positions;
    if (rows > 0 && columns > 0) return [batch, rows, columns, channels];
  }
  throw misfit(name, inputs, "wanted float32 images [N, H, W, C] no smaller than the window");
}

/** How the window slides along height and width; `span` is what its positions reach over. */
function poolAxes(input: Shape, { window, stride, padding }: Pool) {
  return [1, 2].map((axis) => {
    const extent = input[axis]!;
    const along = slide(extent, window, stride, padding);
    return { ...along, extent, span: (along.positions - 1) * stride + 1 };
  });
}

/** What each tap of the window sees, at all its positions; `outside` in the padding. */
function tapsOf(
  emit: StableHloEmitter,
  x: StableHloTensor,
  outside: number,
  output: Shape,
  pool: Pool,
): StableHloTensor[] {
  const { window, stride } = pool;
  const axes = poolAxes(x.shape, pool);
  const [batch, , , channels] = output as [number, number, number, number];
  const low = axes.map(({ before }) => before);
  const high = axes.map(({ after }) => after);
  const padded = emit.pad(x, outside, [0, ...low, 0], [0, ...high, 0]);
  return Array.from({ length: window * window }, (_, tap) => {
    const start = [Math.floor(tap / window), tap % window];
    const limit = axes.map(({ span }, axis) => start[axis]! + span);
    return emit.slice(padded, [0, ...start, 0], [batch, ...limit, channels], [
      1,
      stride,
      stride,
      1,
    ]);
  });
}

/** The tap that has the first largest entry of each window, computed once. */
function placesOfMaxima(
  emit: StableHloEmitter,
  x: StableHloTensor,
  output: Shape,
  pool: Pool,
): StableHloTensor {
  return emit.once(
    `places of maxima ${x.name} ${pool.window} ${pool.stride} ${pool.padding}`,
    () => {
      const [first, ...others] = tapsOf(emit, x, -Infinity, output, pool) as [
        StableHloTensor,
        ...StableHloTensor[],
      ];
      let best = first;
      let place = emit.fill(0, output, "int32");
      others.forEach((entries, i) => {
        const better = emit.compare(entries, "GT", best);
        best = emit.select(better, entries, best);
        place = emit.select(better, emit.fill(i + 1, output, "int32"), place);
      });
      // Without the barrier the compiler may search the window again for each tap.
      return emit.instruction("optimization_barrier", [place], place);
    },
  );
}

function atTap(
  emit: StableHloEmitter,
  place: StableHloTensor,
  tap: number,
  entries: StableHloTensor,
): StableHloTensor {
  const here = emit.compare(place, "EQ", emit.fill(tap, place.shape, "int32"));
  return emit.select(here, entries, emit.fill(0, entries.shape));
}

/** Flat index in x of the first largest entry of each window, in the order of the output. */
function maximaOf(
  x: ReferenceTensor,
  output: Shape,
  { window, stride, padding }: Pool,
): Int32Array {
  const { height, width, channels } = imageExtents(x.shape);
  const { height: rows, width: columns } = imageExtents(output);
  const above = slide(height, window, stride, padding).before;
  const left = slide(width, window, stride, padding).before;
  return Int32Array.from({ length: sizeOf(output) }, (_, flat) => {
    const channel = flat % channels;
    const c = Math.floor(flat / channels) % columns;
    const r = Math.floor(flat / (channels * columns)) % rows;
    const n = Math.floor(flat / (channels * columns * rows));
    let best = -1;
    for (let tap = 0; tap < window * window; tap++) {
      const row = r * stride + Math.floor(tap / window) - above;
      const column = c * stride + tap % window - left;
      if (row < 0 || row >= height || column < 0 || column >= width) continue;
      const place = ((n * height + row) * width + column) * channels + channel;
      if (best < 0 || x.data[place]! > x.data[best]!) best = place;
    }
    return best;
  });
}

/**
 * TensorFlow 2.21's MaxPoolGradGrad may put y into the memory of t where the two are of one size
 * (with stride 1, or images of one pixel), and clear it before it reads. Then t is indexed instead.
 */
function emitGather(
  emit: TensorFlowEmitter,
  [x, y, t]: readonly string[],
  { inputs, shape, attributes }: Value<Pool>,
): string {
  const options = nhwc(attributes);
  if (!sameShape(shape, inputs[2]!.shape)) {
    return emit.node("MaxPoolGradGrad", [x!, y!, t!], options);
  }
  const { data_format: _, ...window } = options; // it has images in no other format
  const pooled = emit.node("MaxPoolWithArgmax", [x!], {
    ...window,
    Targmax: { type: "int64" },
    include_batch_in_index: { bool: true },
  });
  const entries = emit.node("Reshape", [t!, emit.int32([sizeOf(shape)])], {
    Tshape: { type: "int32" },
  });
  return emit.node("GatherV2", [entries, `${pooled}:1`, emit.int32Scalar(0)], {
    Tparams: { type: "float32" },
    Tindices: { type: "int64" },
    Taxis: { type: "int32" },
  });
}

function nhwc({ window, stride, padding }: Pool): Record<string, TensorFlowAttribute> {
  return {
    ksize: { ints: [1, window, window, 1] },
    strides: { ints: [1, stride, stride, 1] },
    padding: { string: padding.toUpperCase() },
    data_format: { string: "NHWC" },
  };
}

/**
 * Largest entry of each window, channel by channel. Padding never wins; among equals the first
 * one, row by row, has the derivative.
 *
 * @param x Images, shape [N, H, W, C].
 * @returns Shape [N, H′, W′, C]; H′ = ⌈H/stride⌉ with `same` padding, the default.
 * @throws {TypeError} If x is no image, or smaller than an unpadded window.
 */
export function maxPool(
  x: Value,
  { window, stride, padding = "same" }: Omit<Pool, "padding"> & Partial<Pool>,
): Value {
  return apply(MAX_POOL, [x], { window, stride, padding });
}

/** Puts each g where the maximum of its window stands in x: the adjoint of pooling. */
function scatterToMaxima(x: Value, y: Value, g: Value, pool: Pool): Value {
  return apply(SCATTER_TO_MAXIMA, [x, y, g], pool);
}

/** Takes t where the maximum of each window stands in x: the tangent of pooling. */
function gatherAtMaxima(x: Value, y: Value, t: Value, pool: Pool): Value {
  return apply(GATHER_AT_MAXIMA, [x, y, t], pool);
}
