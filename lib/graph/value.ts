import type { Op } from "./op.ts";
import type { Shape } from "./shape.ts";

/** Element type. Real numbers are float32 on the engines and float64 on the reference engine. */
export type DType = "float32" | "int32";

/** What an op is told beside its inputs: plain data, so that nodes can be compared and emitted. */
export type Attributes = Readonly<
  Record<string, number | boolean | string | readonly number[]>
>;

/** Shape and element type. */
export interface Type {
  readonly shape: Shape;
  readonly dtype: DType;
}

/**
 * A node of the differentiable graph: the result of one op on other values.
 *
 * Values are immutable and form a directed acyclic graph; nothing is computed until an engine runs
 * it. Build them with the ops' own functions (`matMul(x, w)`), which check shapes.
 */
export interface Value<A extends Attributes = Attributes> extends Type {
  readonly op: Op<A>;
  readonly inputs: readonly Value[];
  readonly attributes: A;
}

/** Text that is equal for equal attributes only; plain JSON would confuse 0, -0, NaN and ±∞. */
export function attributesKey(attributes: Attributes): string {
  return JSON.stringify(attributes, (_, entry) => {
    if (Object.is(entry, -0)) return "-0";
    return typeof entry === "number" && !Number.isFinite(entry) ? `${entry}` : entry;
  });
}

/**
 * All values that `outputs` depend on, every one after its inputs.
 *
 * Iterative, since a training step is deeper than the call stack would bear.
 *
 * @param boundary Values to stop at: they are listed, what they depend on is not.
 */
export function topologicalOrder(
  outputs: readonly Value[],
  boundary: ReadonlySet<Value> = new Set(),
): Value[] {
  const order: Value[] = [];
  const seen = new Set<Value>();
  const stack: { value: Value; next: number }[] = [];
  const visit = (value: Value) => {
    if (seen.has(value)) return;
    seen.add(value);
    stack.push({ value, next: 0 });
  };
  for (const output of outputs) {
    visit(output);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const input = boundary.has(top.value) ? undefined : top.value.inputs[top.next++];
      if (input !== undefined) visit(input);
      else order.push(stack.pop()!.value);
    }
  }
  return order;
}
