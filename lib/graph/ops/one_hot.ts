import { apply, defineOp, misfit } from "../op.ts";
import type { Value } from "../value.ts";

const ONE_HOT = defineOp<{ classes: number }>({
  name: "oneHot",
  infer(inputs, { classes }) {
    const [labels] = inputs as [Value];
    if (labels.dtype !== "int32" || labels.shape.length !== 1) {
      throw misfit("oneHot", inputs, "wanted a vector of int32 labels");
    }
    if (!(Number.isInteger(classes) && classes > 0)) {
      throw misfit("oneHot", inputs, `wanted a positive number of classes, got ${classes}`);
    }
    return { shape: [labels.shape[0]!, classes], dtype: "float32" };
  },
  vjp: () => [undefined],
  jvp: () => undefined,
  tensorflow: (emit, [labels], { attributes }) =>
    emit.node("OneHot", [
      labels!,
      emit.node("Squeeze", [emit.int32([attributes.classes])], { T: { type: "int32" } }),
      emit.float32(1),
      emit.float32(0),
    ], { TI: { type: "int32" }, axis: { int: -1 } }),
  stablehlo(emit, [labels], { shape, dtype }) {
    const column = emit.reshape(labels!, [shape[0]!, 1]);
    const hit = emit.compare(emit.broadcast(column, shape), "EQ", emit.iota(1, shape, "int32"));
    return emit.convert(hit, dtype);
  },
  portable: (kernels, [labels], { attributes }) => kernels.oneHot(labels!, attributes.classes),
  reference([labels], { attributes: { classes } }) {
    const rows = new Float64Array(labels!.data.length * classes);
    labels!.data.forEach((label, row) => {
      if (label >= 0 && label < classes) rows[row * classes + label] = 1;
    });
    return rows;
  },
});

/** Row i is the unit vector of label i; zero if the label is none of 0 … classes − 1. */
export function oneHot(labels: Value, classes: number): Value {
  return apply(ONE_HOT, [labels], { classes });
}
