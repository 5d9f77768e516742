import { apply, defineOp } from "../op.ts";
import type { Shape } from "../shape.ts";
import type { StableHloTensor } from "../stablehlo_emitter.ts";
import type { Value } from "../value.ts";
import { BIT_VALUES, checkKey, drawBits, emitBits, stablehloBits } from "./philox_bits.ts";

type Options = { readonly shape: Shape; readonly draw: number };

const GAUSSIAN_NOISE = defineOp<Options>({
  name: "gaussianNoise",
  infer(inputs, { shape }) {
    checkKey("gaussianNoise", inputs, shape);
    return { shape, dtype: "float32" };
  },
  // Constant in everything that has derivatives.
  vjp: () => [undefined],
  jvp: () => undefined,
  tensorflow(emit, [key], { attributes: { shape, draw } }) {
    const uniform = (draw: number, offset: number) => {
      const cast = { SrcT: { type: "int32" }, DstT: { type: "float32" } } as const;
      const bits = emit.node("Cast", [emitBits(emit, key!, shape, draw)], cast);
      const shifted = offset === 0 ? bits : emit.node("AddV2", [bits, emit.float32(offset)]);
      return emit.node("Mul", [shifted, emit.float32(1 / BIT_VALUES)]);
    };
    const log = emit.node("Log", [uniform(draw, 0.5)]);
    const radius = emit.node("Sqrt", [emit.node("Mul", [log, emit.float32(-2)])]);
    const angle = emit.node("Mul", [uniform(draw + 1, 0), emit.float32(2 * Math.PI)]);
    return emit.node("Mul", [radius, emit.node("Cos", [angle])]);
  },
  stablehlo(emit, [key], { attributes: { shape, draw } }) {
    const times = (x: StableHloTensor, factor: number) =>
      emit.elementwise("multiply", x, emit.fill(factor, shape));
    const uniform = (draw: number, offset: number) => {
      const bits = emit.convert(stablehloBits(emit, key!, shape, draw), "float32");
      return times(emit.elementwise("add", bits, emit.fill(offset, shape)), 1 / BIT_VALUES);
    };
    const log = emit.elementwise("log", uniform(draw, 0.5));
    const radius = emit.elementwise("sqrt", times(log, -2));
    const angle = times(uniform(draw + 1, 0), 2 * Math.PI);
    return emit.elementwise("multiply", radius, emit.elementwise("cosine", angle));
  },
  portable: (kernels, [key], { attributes: { shape, draw } }) =>
    kernels.gaussianNoise(key!, shape, draw),
  reference: ([key], { attributes: { shape, draw } }) =>
    gaussianNoiseEntries(key!.data, shape, draw),
});

/** The entries as every engine draws them, up to rounding. */
export function gaussianNoiseEntries(
  key: ArrayLike<number>,
  shape: Shape,
  draw: number,
): Float64Array {
  const turns = drawBits(key, shape, draw + 1);
  return drawBits(key, shape, draw).map((bits, i) => {
    // Half a unit keeps the logarithm finite, and is exact in float32.
    const radius = Math.sqrt(-2 * Math.log((bits + 0.5) / BIT_VALUES));
    return radius * Math.cos(2 * Math.PI * (turns[i]! / BIT_VALUES));
  });
}

/**
 * Independent entries of N(0, 1), at most 5.8 in size: √(−2 ln u) cos 2πv for uniform u and v.
 *
 * The same key and `draw` give the same entries on every engine, up to rounding.
 *
 * Source: Box & Muller 1958.
 *
 * @param key Two words, int32 [2]: a placeholder that is fed anew for each step.
 * @param draw Tells apart what is drawn with one key; `draw + 1` is used as well.
 * @throws {TypeError} If the key does not fit.
 */
export function gaussianNoise(key: Value, shape: Shape, draw: number): Value {
  return apply(GAUSSIAN_NOISE, [key], { shape, draw });
}
