import { apply, defineOp, misfit } from "../op.ts";
import type { Value } from "../value.ts";

const ARG_MAX = defineOp<Record<never, never>>({
  name: "argMax",
  infer(inputs) {
    const { shape, dtype } = inputs[0]!;
    if (shape.length !== 2 || shape[1] === 0 || dtype !== "float32") {
      throw misfit("argMax", inputs, "wanted a float32 matrix with columns");
    }
    return { shape: [shape[0]!], dtype: "int32" };
  },
  // Constant almost everywhere.
  vjp: () => [undefined],
  jvp: () => undefined,
  tensorflow: (emit, [x]) =>
    emit.node("ArgMax", [x!, emit.int32Scalar(1)], {
      Tidx: { type: "int32" },
      output_type: { type: "int32" },
    }),
  stablehlo(emit, [x], { shape }) {
    const columns = x!.shape[1]!;
    const largest = emit.reshape(emit.reduce("maximum", x!, [1]), [...shape, 1]);
    const place = emit.select(
      emit.compare(x!, "EQ", emit.broadcast(largest, x!.shape)),
      emit.iota(1, x!.shape, "int32"),
      emit.fill(columns, x!.shape, "int32"),
    );
    const first = emit.reduce("minimum", place, [1]);
    // A row with NaN has no entry that equals its largest.
    const found = emit.compare(first, "LT", emit.fill(columns, shape, "int32"));
    return emit.select(found, first, emit.fill(0, shape, "int32"));
  },
  portable: (kernels, [x]) => kernels.argMax(x!),
  reference([x]) {
    const columns = x!.shape[1]!;
    return Float64Array.from({ length: x!.shape[0]! }, (_, row) => {
      const entries = x!.data.subarray(row * columns, (row + 1) * columns);
      return Math.max(0, entries.indexOf(entries.reduce((best, entry) => Math.max(best, entry))));
    });
  },
});

/** Column of the first largest entry of each row: int32, shape [rows]. */
export function argMax(x: Value): Value {
  return apply(ARG_MAX, [x], {});
}
