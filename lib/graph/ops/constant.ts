import { apply, defineOp } from "../op.ts";
import type { Value } from "../value.ts";

const CONSTANT = defineOp<{ value: number }>({
  name: "constant",
  infer: () => ({ shape: [], dtype: "float32" }),
  vjp: () => [],
  jvp: () => undefined,
  tensorflow: (emit, _, { attributes }) => emit.float32(attributes.value),
  stablehlo: (emit, _, { attributes }) => emit.fill(attributes.value, []),
  portable: (kernels, _, { attributes }) => kernels.constant(attributes.value, []),
  reference: (_, { attributes }) => Float64Array.of(attributes.value),
});

/** A scalar that does not change. */
export function constant(value: number): Value {
  return apply(CONSTANT, [], { value });
}
