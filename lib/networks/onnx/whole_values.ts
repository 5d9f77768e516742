/** Which values of the graph are whole numbers whatever the examples are. */
import type { Value } from "../../graph/value.ts";

/** Ops whose results are whole where all these inputs are. */
const KEEPING: Readonly<Record<string, readonly number[]>> = {
  add: [0, 1],
  sub: [0, 1],
  mul: [0, 1],
  square: [0],
  relu: [0],
  maxPool: [0],
  sum: [0],
  matMul: [0, 1],
  broadcastTo: [0],
  reshape: [0],
  transpose: [0],
  slice: [0],
  unslice: [0],
  // What decides where the entries come from may be any number.
  passWherePositive: [0],
  gatherAtMaxima: [2],
};

/**
 * Whether all entries are whole by construction: truth values of comparisons, tokens, and sums and
 * products of such.
 */
export function isWhole(value: Value, known: Map<Value, boolean> = new Map()): boolean {
  const found = known.get(value);
  if (found !== undefined) return found;
  const whole = value.dtype === "int32" || value.op.name === "oneHot" ||
    value.op.name === "constant" && Number.isInteger(value.attributes.value) ||
    (value.op.name === "concat"
      ? value.inputs.every((each) => isWhole(each, known))
      : KEEPING[value.op.name]?.every((place) => isWhole(value.inputs[place]!, known)) ?? false);
  known.set(value, whole);
  return whole;
}
