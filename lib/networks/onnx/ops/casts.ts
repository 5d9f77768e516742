/** Values of another element type. */
import { elementwise } from "../host.ts";
import { type GraphOperand, hostOperand, mapped, type Operand } from "../operand.ts";
import { asGraph, type Rule, type RuleContext, type Rules } from "../rule.ts";
import type { HostTensor } from "../tensor.ts";
import { isWhole } from "../whole_values.ts";
import { reals } from "./entrywise.ts";
import { truthOf } from "./logic.ts";

/** ONNX's numbers of float, float16, double, bfloat16: Basin computes with all of them alike. */
const REAL = [1, 10, 11, 16];
const BOOL = 9;
interface WholeType {
  readonly bits: number;
  readonly isSigned?: boolean;
}
/** Whole numbers; those of 64 bits are doubles here, which do not wrap. */
const WHOLE: Readonly<Record<number, WholeType>> = {
  2: { bits: 8 },
  3: { bits: 8, isSigned: true },
  4: { bits: 16 },
  5: { bits: 16, isSigned: true },
  6: { bits: 32, isSigned: true },
  7: { bits: Infinity, isSigned: true },
  12: { bits: 32 },
  13: { bits: Infinity, isSigned: true },
};
const INT64 = 7;

/** @throws {RangeError} If Basin has no numbers of this type. */
function checked(type: number): number {
  if (REAL.includes(type) || type === BOOL || WHOLE[type]) return type;
  throw new RangeError(
    `it casts to element type number ${type}; Basin knows real, whole and truth values: ` +
      "export the model without it",
  );
}

function converted(tensor: HostTensor, to: number): HostTensor {
  const whole = WHOLE[to];
  if (whole) return elementwise([tensor], (entry) => wrapped(entry, whole), false);
  const isBool = to === BOOL;
  return elementwise([tensor], (entry) => isBool ? Number(entry !== 0) : entry, !isBool);
}

/** The whole part; of what the type cannot hold, its lowest bits. */
function wrapped(entry: number, { bits, isSigned = false }: WholeType): number {
  const whole = Math.trunc(entry);
  if (!Number.isFinite(whole) || bits === Infinity) return whole;
  const count = 2 ** bits;
  const low = whole - count * Math.floor(whole / count);
  return isSigned && low >= count / 2 ? low - count : low;
}

/** @throws {RangeError} If it cuts off what need not be whole. */
function castOnGraph(operand: GraphOperand, to: number): GraphOperand {
  if (REAL.includes(to)) return reals(operand);
  if (to === BOOL) return mapped(operand, truthOf);
  if (isWhole(operand.held)) return operand;
  throw new RangeError(
    "it cuts the examples' values off to whole numbers, so that f has no derivative through it; " +
      "export the model without it, or name an output before it with --output",
  );
}

const CAST: Rule = {
  host: ([x], node) => [converted(x!, checked(node.int("to", 1)))],
  graph: ([x], node, context) => [castOnGraph(asGraph(x, context), checked(node.int("to", 1)))],
};

/** A tensor says of its type only whether it is real; of the others, int64 holds all entries. */
function castLike(x: Operand, like: Operand | undefined, context: RuleContext): Operand {
  const isReal = like?.host?.isFloat ?? asGraph(like, context).held.dtype === "float32";
  const to = isReal ? REAL[0]! : INT64;
  return x.host ? hostOperand(converted(x.host, to)) : castOnGraph(x, to);
}

/** The rules. */
export const CAST_RULES: Rules = {
  Cast: CAST,
  CastLike: {
    host: ([x, like]) => [converted(x!, like!.isFloat ? REAL[0]! : INT64)],
    graph: ([x, like], _, context) => [castLike(x!, like, context)],
  },
};
