import { apply, defineOp } from "../op.ts";
import { isShape, type Shape, showShape } from "../shape.ts";
import type { Value } from "../value.ts";
import type { DType } from "../type.ts";

const PLACEHOLDER = defineOp<{ name: string; shape: Shape; dtype: DType }>({
  name: "placeholder",
  infer: (_, { name, shape, dtype }) => ({ shape: declared(name, shape), dtype }),
});

const VARIABLE = defineOp<{ name: string; shape: Shape }>({
  name: "variable",
  infer: (_, { name, shape }) => ({ shape: declared(name, shape), dtype: "float32" }),
});

function declared(name: string, shape: Shape): Shape {
  if (isShape(shape)) return shape;
  throw new TypeError(
    `Cannot declare ${name} of shape ${showShape(shape)}; want integers, none negative`,
  );
}

/** An input that is fed at every run. */
export function placeholder(name: string, shape: Shape, dtype: DType = "float32"): Value {
  return apply(PLACEHOLDER, [], { name, shape, dtype });
}

/** A float32 tensor that lives in the session between runs, such as a weight or ADAM's moment. */
export function variable(name: string, shape: Shape): Value {
  return apply(VARIABLE, [], { name, shape });
}

/** Whether the value is fed or held by the engine rather than computed. */
export function isLeaf({ op: { name } }: Value): boolean {
  return name === PLACEHOLDER.name || name === VARIABLE.name;
}

/** Name under which a placeholder is fed or a variable is held. */
export function leafName({ attributes }: Value): string {
  return attributes.name as string;
}
