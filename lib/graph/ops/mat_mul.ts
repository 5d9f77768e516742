import { apply, defineOp, misfit } from "../op.ts";
import type { Value } from "../value.ts";
import { addIfPresent } from "./add.ts";

const MAT_MUL = defineOp<{ transposeA: boolean; transposeB: boolean }>({
  name: "matMul",
  infer(inputs, { transposeA, transposeB }) {
    const [a, b] = inputs as [Value, Value];
    if ([a, b].some(({ shape, dtype }) => shape.length !== 2 || dtype !== "float32")) {
      throw misfit("matMul", inputs, "wanted two float32 matrices");
    }
    const [rows, inner] = transposeA ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!];
    const [innerB, columns] = transposeB ? [b.shape[1]!, b.shape[0]!] : [b.shape[0]!, b.shape[1]!];
    if (inner !== innerB) {
      throw misfit("matMul", inputs, `the inner extents differ: ${inner} and ${innerB}`);
    }
    return { shape: [rows, columns], dtype: "float32" };
  },
  // C = AB: Ā = C̄Bᵀ, B̄ = AᵀC̄; of a transposed factor, the transpose of that.
  vjp({ inputs, attributes: { transposeA, transposeB } }, g) {
    const [a, b] = inputs as [Value, Value];
    return [
      transposeA ? matMul(b, g, transposeB, true) : matMul(g, b, false, !transposeB),
      transposeB ? matMul(g, a, true, transposeA) : matMul(a, g, !transposeA, false),
    ];
  },
  jvp({ inputs, attributes: { transposeA, transposeB } }, [ta, tb]) {
    const [a, b] = inputs as [Value, Value];
    return addIfPresent(
      ta && matMul(ta, b, transposeA, transposeB),
      tb && matMul(a, tb, transposeA, transposeB),
    );
  },
  tensorflow: (emit, inputs, { attributes: { transposeA, transposeB } }) =>
    emit.node("MatMul", inputs, {
      transpose_a: { bool: transposeA },
      transpose_b: { bool: transposeB },
    }),
  portable: (kernels, [a, b], { attributes: { transposeA, transposeB } }) =>
    kernels.matMul(
      transposeA ? kernels.transpose(a!, [1, 0]) : a!,
      transposeB ? kernels.transpose(b!, [1, 0]) : b!,
    ),
  reference([a, b], { attributes: { transposeA, transposeB }, shape }) {
    const [rows, columns] = shape as [number, number];
    const [aRows, aColumns] = a!.shape as [number, number];
    const inner = transposeA ? aRows : aColumns;
    const [aStep, aRow] = transposeA ? [aColumns, 1] : [1, aColumns];
    const [bStep, bColumn] = transposeB ? [1, b!.shape[1]!] : [b!.shape[1]!, 1];
    const product = new Float64Array(rows * columns);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let total = 0;
        for (let k = 0; k < inner; k++) {
          total += a!.data[i * aRow + k * aStep]! * b!.data[k * bStep + j * bColumn]!;
        }
        product[i * columns + j] = total;
      }
    }
    return product;
  },
});

/** The matrix product AB, of either factor's transpose on request. */
export function matMul(a: Value, b: Value, transposeA = false, transposeB = false): Value {
  return apply(MAT_MUL, [a, b], { transposeA, transposeB });
}
