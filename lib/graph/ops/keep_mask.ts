import { apply, defineOp, misfit } from "../op.ts";
import type { Shape } from "../shape.ts";
import type { Value } from "../value.ts";
import { BIT_VALUES, checkKey, drawBits, emitBits, stablehloBits } from "./philox_bits.ts";

type Options = { readonly shape: Shape; readonly keep: number; readonly draw: number };

const KEEP_MASK = defineOp<Options>({
  name: "keepMask",
  infer(inputs, { shape, keep }) {
    checkKey("keepMask", inputs, shape);
    if (!(keep > 0 && keep <= 1)) {
      throw misfit("keepMask", inputs, `wanted a probability in (0, 1], got ${keep}`);
    }
    return { shape, dtype: "float32" };
  },
  // Constant in everything that has derivatives.
  vjp: () => [undefined],
  jvp: () => undefined,
  tensorflow(emit, [key], { attributes: { shape, keep, draw } }) {
    const int32 = { type: "int32" } as const;
    const bits = emitBits(emit, key!, shape, draw);
    const kept = emit.node("Less", [bits, emit.int32Scalar(threshold(keep))], { T: int32 });
    return emit.node("Cast", [kept], { SrcT: { type: "bool" }, DstT: { type: "float32" } });
  },
  stablehlo(emit, [key], { attributes: { shape, keep, draw } }) {
    const bits = stablehloBits(emit, key!, shape, draw);
    const kept = emit.compare(bits, "LT", emit.fill(threshold(keep), shape, "int32"));
    return emit.convert(kept, "float32");
  },
  portable: (kernels, [key], { attributes: { shape, keep, draw } }) =>
    kernels.keepMask(key!, shape, keep, draw),
  reference: ([key], { attributes: { shape, keep, draw } }) =>
    keepMaskEntries(key!.data, shape, keep, draw),
});

/** The mask's entries as every engine draws them. */
export function keepMaskEntries(
  key: ArrayLike<number>,
  shape: Shape,
  keep: number,
  draw: number,
): Float64Array {
  const limit = threshold(keep);
  return drawBits(key, shape, draw).map((bits) => bits < limit ? 1 : 0);
}

/** How many of the values of a word's bits are kept. */
function threshold(keep: number): number {
  return Math.round(keep * BIT_VALUES);
}

/**
 * Independent entries that are 1 with probability `keep`, else 0: a dropout mask.
 *
 * The same key and `draw` give the same mask on every engine, so that a step of training can be
 * repeated, and all derivatives of one loss see one mask.
 *
 * @param key Two words, int32 [2]: a placeholder that is fed anew for each step.
 * @param draw Tells apart the masks of one key.
 * @throws {TypeError} If the key does not fit or the probability is out of range.
 */
export function keepMask(key: Value, shape: Shape, keep: number, draw: number): Value {
  return apply(KEEP_MASK, [key], { shape, keep, draw });
}
