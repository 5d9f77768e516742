import { apply, defineOp, misfit } from "../op.ts";
import { broadcastShapes, sameShape, type Shape, sizeOf } from "../shape.ts";
import type { Value } from "../value.ts";
import { addIfPresent } from "./add.ts";
import { broadcastTo } from "./sum.ts";

const BATCH_MAT_MUL = defineOp<{ transposeA: boolean; transposeB: boolean }>({
  name: "batchMatMul",
  infer(inputs, { transposeA, transposeB }) {
    const [a, b] = inputs as [Value, Value];
    const float = [a, b].every(({ shape, dtype }) => shape.length >= 3 && dtype === "float32");
    if (!float || !sameShape(a.shape.slice(0, -2), b.shape.slice(0, -2))) {
      throw misfit("batchMatMul", inputs, "wanted two float32 stacks of as many matrices");
    }
    const [rows, inner] = matrixOf(a.shape, transposeA);
    const [innerB, columns] = matrixOf(b.shape, transposeB);
    if (inner !== innerB) {
      throw misfit("batchMatMul", inputs, `the inner extents differ: ${inner} and ${innerB}`);
    }
    return { shape: [...a.shape.slice(0, -2), rows, columns], dtype: "float32" };
  },
  // As of one product, see matMul.
  vjp({ inputs, attributes: { transposeA, transposeB } }, g) {
    const [a, b] = inputs as [Value, Value];
    return [
      transposeA ? product(b, g, transposeB, true) : product(g, b, false, !transposeB),
      transposeB ? product(g, a, true, transposeA) : product(a, g, !transposeA, false),
    ];
  },
  jvp({ inputs, attributes: { transposeA, transposeB } }, [ta, tb]) {
    const [a, b] = inputs as [Value, Value];
    return addIfPresent(
      ta && product(ta, b, transposeA, transposeB),
      tb && product(a, tb, transposeA, transposeB),
    );
  },
  tensorflow: (emit, inputs, { attributes: { transposeA, transposeB } }) =>
    emit.node("BatchMatMulV2", inputs, {
      adj_x: { bool: transposeA },
      adj_y: { bool: transposeB },
    }),
  stablehlo(emit, inputs, { attributes: { transposeA, transposeB }, shape, dtype }) {
    const stack = shape.slice(0, -2).map((_, axis) => axis).join(", ");
    const last = shape.length - 1;
    return emit.instruction("dot_general", inputs, { shape, dtype }, {
      dot_dimension_numbers:
        `#stablehlo.dot<lhs_batching_dimensions = [${stack}], rhs_batching_dimensions = [${stack}], ` +
        `lhs_contracting_dimensions = [${transposeA ? last - 1 : last}], ` +
        `rhs_contracting_dimensions = [${transposeB ? last : last - 1}]>`,
      precision_config: emit.precision,
    });
  },
  portable(kernels, factors, { inputs, attributes: { transposeA, transposeB }, shape }) {
    const stack = sizeOf(shape.slice(0, -2));
    const [a, b] = factors.map((factor, i) => {
      const flat = kernels.reshape(factor, [stack, ...inputs[i]!.shape.slice(-2)]);
      return [transposeA, transposeB][i] ? kernels.transpose(flat, [0, 2, 1]) : flat;
    });
    return kernels.reshape(kernels.batchMatMul(a!, b!), shape);
  },
  reference([a, b], { attributes: { transposeA, transposeB }, shape }) {
    const [rows, columns] = shape.slice(-2) as [number, number];
    const inner = matrixOf(a!.shape, transposeA)[1];
    const data = new Float64Array(sizeOf(shape));
    const [aSize, bSize, size] = [rows * inner, inner * columns, rows * columns];
    for (let flat = 0; flat < data.length; flat++) {
      const k = Math.floor(flat / size);
      const i = Math.floor(flat % size / columns);
      const j = flat % columns;
      for (let m = 0; m < inner; m++) {
        const left = a!.data[k * aSize + (transposeA ? m * rows + i : i * inner + m)]!;
        data[flat]! += left * b!.data[k * bSize + (transposeB ? j * inner + m : m * columns + j)]!;
      }
    }
    return data;
  },
});

function matrixOf(shape: Shape, transposed: boolean): [number, number] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return transposed ? [columns, rows] : [rows, columns];
}

function product(a: Value, b: Value, transposeA: boolean, transposeB: boolean): Value {
  return apply(BATCH_MAT_MUL, [a, b], { transposeA, transposeB });
}

/**
 * Matrix products AB of two stacks of matrices, shapes [..., m, k] and [..., k, n], whose leading axes
 * broadcast to each other; of either factor's transposes on request.
 *
 * @returns Shape [..., m, n].
 * @throws {TypeError} If there is no leading axis, or the shapes do not fit.
 */
export function batchMatMul(a: Value, b: Value, transposeA = false, transposeB = false): Value {
  const stack = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (stack === undefined) {
    throw misfit("batchMatMul", [a, b], "the leading axes do not broadcast to each other");
  }
  const wide = (x: Value) => broadcastTo(x, [...stack, ...x.shape.slice(-2)]);
  return product(wide(a), wide(b), transposeA, transposeB);
}
