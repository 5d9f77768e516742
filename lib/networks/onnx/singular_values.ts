/** Which values of the graph may be infinite or NaN in single entries. */
import type { Value } from "../../graph/value.ts";

/** Ops that have no finite value for some numbers. */
const SINGULAR = new Set(["log", "log1p", "sqrt", "rsqrt", "exp", "expm1"]);

/** Ops that hand single entries on; others, such as products of matrices, mix them. */
const ENTRYWISE = new Set([
  "add",
  "sub",
  "mul",
  "div",
  "square",
  "relu",
  "passWherePositive",
  "gatherAtMaxima",
  "broadcastTo",
  "reshape",
  "transpose",
  "slice",
  "unslice",
  "concat",
]);

/**
 * Whether some entries may be infinite or NaN while those beside them are finite: whether a
 * logarithm, a root, an exponential or a quotient of computed values went into single entries.
 */
export function mayBeSingular(value: Value, seen: Set<Value> = new Set()): boolean {
  if (seen.has(value)) return false;
  seen.add(value);
  const { name } = value.op;
  if (SINGULAR.has(name)) return true;
  if (!ENTRYWISE.has(name)) return false;
  if (name === "div" && isComputed(value.inputs[1]!)) return true;
  return value.inputs.some((input) => mayBeSingular(input, seen));
}

function isComputed({ op, inputs }: Value): boolean {
  if (op.name === "broadcastTo" || op.name === "reshape") return isComputed(inputs[0]!);
  return op.name !== "constant" && op.name !== "variable";
}
