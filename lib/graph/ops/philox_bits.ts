/** Random bits that every engine draws alike; see `philox.ts`. */
import { misfit } from "../op.ts";
import { philoxRounds, philoxWords } from "../philox.ts";
import { isShape, type Shape, sizeOf } from "../shape.ts";
import type { StableHloEmitter, StableHloTensor } from "../stablehlo_emitter.ts";
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

/** Writes the same entries as StableHLO: the rounds of all counters at once. */
export function stablehloBits(
  emit: StableHloEmitter,
  key: StableHloTensor,
  shape: Shape,
  draw: number,
): StableHloTensor {
  const size = sizeOf(shape);
  const counters = Math.ceil(size / 4);
  const column = [counters, 1];
  const word = (value: number) => emit.fill(value, column, "uint32");
  const keyWord = (place: number) => {
    const bits = emit.convert(emit.slice(key, [place], [place + 1]), "uint32");
    return emit.broadcast(bits, column);
  };
  const wide = (x: StableHloTensor) => emit.convert(x, "uint64");
  const half = emit.fill(32, column, "uint64");
  const words = philoxRounds<StableHloTensor>(
    [emit.iota(0, column, "uint32"), word(0), word(draw), word(0)],
    [keyWord(0), keyWord(1)],
    {
      word,
      add: (a, b) => emit.elementwise("add", a, b),
      xor: (a, b) => emit.elementwise("xor", a, b),
      low: (a, b) => emit.elementwise("multiply", a, b),
      high: (a, b) => {
        const product = emit.elementwise("multiply", wide(a), wide(b));
        const upper = emit.elementwise("shift_right_logical", product, half);
        return emit.convert(upper, "uint32");
      },
    },
  );
  const all = emit.instruction("concatenate", words, { shape: [counters, 4], dtype: "uint32" }, {
    dimension: "1 : i64",
  });
  const drawn = emit.slice(emit.reshape(all, [counters * 4]), [0], [size]);
  const low = emit.elementwise("and", drawn, emit.fill(BITS, [size], "uint32"));
  return emit.reshape(emit.convert(low, "int32"), shape);
}

/** The same entries, in row-major order. */
export function drawBits(key: ArrayLike<number>, shape: Shape, draw: number): Float64Array {
  return philoxWords([key[0]!, key[1]!], draw, sizeOf(shape)).map((word) => word & BITS);
}
