import { apply, defineOp, misfit } from "../op.ts";
import { philoxWords } from "../philox.ts";
import { isShape, type Shape, sizeOf } from "../shape.ts";
import type { Value } from "../value.ts";

type Options = { readonly shape: Shape; readonly keep: number; readonly draw: number };

/** TensorFlow's number for the Philox generator. */
const PHILOX = 1;

/** The low 23 bits of a random word decide: as integers, they do so alike in every precision. */
const UNIFORM_BITS = 0x7fffff;

const KEEP_MASK = defineOp<Options>({
  name: "keepMask",
  infer(inputs, { shape, keep }) {
    const [key] = inputs as [Value];
    const fits = key.dtype === "int32" && key.shape.length === 1 && key.shape[0] === 2;
    if (!fits || !isShape(shape) || !(keep > 0 && keep <= 1)) {
      throw misfit("keepMask", inputs, "wanted an int32 key [2] and a probability in (0, 1]");
    }
    return { shape, dtype: "float32" };
  },
  // Constant in everything that has derivatives.
  vjp: () => [undefined],
  jvp: () => undefined,
  tensorflow(emit, [key], { attributes: { shape, keep, draw } }) {
    const words = (name: string, pairs: number) =>
      emit.node(
        "Bitcast",
        [emit.node("Reshape", [name, emit.int32([pairs, 2])], {
          T: { type: "int32" },
          Tshape: { type: "int32" },
        })],
        { T: { type: "int32" }, type: { type: "uint64" } },
      );
    const int32 = { type: "int32" } as const;
    const bits = emit.node("StatelessRandomUniformFullIntV2", [
      emit.int32(shape),
      emit.once(`philox key ${key}`, () => words(key!, 1)),
      emit.once(`philox counter ${draw}`, () => words(emit.int32([0, 0, draw, 0]), 2)),
      emit.int32Scalar(PHILOX),
    ], { dtype: int32, Tshape: int32 });
    const low = emit.node("BitwiseAnd", [bits, emit.int32Scalar(UNIFORM_BITS)], { T: int32 });
    const kept = emit.node("Less", [low, emit.int32Scalar(threshold(keep))], { T: int32 });
    return emit.node("Cast", [kept], { SrcT: { type: "bool" }, DstT: { type: "float32" } });
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
  return philoxWords([key[0]!, key[1]!], draw, sizeOf(shape))
    .map((word) => (word & UNIFORM_BITS) < limit ? 1 : 0);
}

/** How many of the 2²³ values of a word's low bits are kept. */
function threshold(keep: number): number {
  return Math.round(keep * (UNIFORM_BITS + 1));
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
