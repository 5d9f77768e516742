/** Random bits that every engine draws alike; see `philox.ts`. */
import { misfit } from "../op.ts";
import { philoxWords } from "../philox.ts";
import { isShape, type Shape, sizeOf } from "../shape.ts";
import type { TensorFlowEmitter } from "../tensorflow_emitter.ts";
import type { Value } from "../value.ts";

/** TensorFlow's number for the Philox generator. */
const PHILOX = 1;

/** The low 23 bits of a word are used: as an integer they are exact in every precision. */
const BITS = 0x7fffff;

/** How many values the bits have, 2²³. */
export const BIT_VALUES = BITS + 1;

/** Checks the inputs of an op that draws. @throws {TypeError} If the key or the shape does not fit. */
export function checkKey(op: string, inputs: readonly Value[], shape: Shape): void {
  const [key] = inputs as [Value];
  const fits = key.dtype === "int32" && key.shape.length === 1 && key.shape[0] === 2;
  if (!fits || !isShape(shape)) throw misfit(op, inputs, "wanted an int32 key [2] and a shape");
}

/** Emits an int32 tensor of the shape with entries in 0 … 2²³ − 1. */
export function emitBits(
  emit: TensorFlowEmitter,
  key: string,
  shape: Shape,
  draw: number,
): string {
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
    emit.once(`philox key ${key}`, () => words(key, 1)),
    emit.once(`philox counter ${draw}`, () => words(emit.int32([0, 0, draw, 0]), 2)),
    emit.int32Scalar(PHILOX),
  ], { dtype: int32, Tshape: int32 });
  return emit.node("BitwiseAnd", [bits, emit.int32Scalar(BITS)], { T: int32 });
}

/** The same entries, in row-major order. */
export function drawBits(key: ArrayLike<number>, shape: Shape, draw: number): Float64Array {
  return philoxWords([key[0]!, key[1]!], draw, sizeOf(shape)).map((word) => word & BITS);
}
