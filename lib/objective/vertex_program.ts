/** The power method's step as functions of a session, on variables of the parameters' shapes. */
import { add } from "../graph/ops/add.ts";
import { concat } from "../graph/ops/concat.ts";
import { constant } from "../graph/ops/constant.ts";
import { placeholder, variable } from "../graph/ops/leaf.ts";
import { mul, scale } from "../graph/ops/mul.ts";
import { passWherePositive } from "../graph/ops/relu.ts";
import { reshape } from "../graph/ops/reshape.ts";
import { sub } from "../graph/ops/sub.ts";
import { broadcastTo, sumAll, zeros } from "../graph/ops/sum.ts";
import type { Program, Update } from "../graph/program.ts";
import type { Value } from "../graph/value.ts";
import { namesOf } from "../networks/network.ts";

/** What a search holds of each parameter beside it. */
export const HELD = ["point", "slope", "lower", "upper"] as const;

/** One of {@link HELD}: the present point y, ∇f there times the weight of all examples, the bounds. */
export type Held = typeof HELD[number];

/** Name of a variable of a search. */
export function heldName(held: Held, parameter: string): string {
  return `search ${held} of ${parameter}`;
}

/** Names of the functions of {@link vertexProgram}. */
export const VERTEX_FUNCTIONS = {
  /** x ← v, the vertex of the present point; sums ← 0. */
  toVertex: "search to the vertex",
  /** x ← y + share (v − y); sums ← 0. */
  onTheWay: "search on the way",
  /**
   * With g the sums: Σ g·(v − x) of each parameter, the output `gaps`, and how many of its entries are
   * on no bound, `inside`, exact up to 2²⁴.
   */
  look: "search look",
  /** y ← x, with the sums as its slope. */
  accept: "search accept",
} as const;

/** Name of the placeholder of the share. */
export const SHARE = "search share";

/**
 * The functions of a search.
 *
 * The vertex is made of the bounds themselves and not of y + (v − y), so that the points that f is
 * evaluated at are those of a search in double precision, rounded once.
 *
 * @param variables The parameters, which hold the point that f is evaluated at.
 * @param sums The sums of the gradient.
 */
export function vertexProgram(variables: readonly Value[], sums: readonly Value[]): Program {
  const names = namesOf(variables);
  const all = (held: Held) =>
    names.map((name, i) => variable(heldName(held, name), variables[i]!.shape));
  const [points, slopes, lower, upper] = HELD.map(all) as [Value[], Value[], Value[], Value[]];
  const share = placeholder(SHARE, []);
  const vertices = points.map((point, i) => vertexOf(point, slopes[i]!, lower[i]!, upper[i]!));
  const moved = (to: readonly Value[]) => ({
    outputs: {},
    updates: [...assigned(variables, to), ...assigned(sums, sums.map(({ shape }) => zeros(shape)))],
  });
  const gaps = variables.map((x, i) => {
    const vertex = vertexOf(x, sums[i]!, lower[i]!, upper[i]!);
    return reshape(sumAll(mul(sums[i]!, sub(vertex, x))), [1]);
  });
  const inside = variables.map((x, i) => {
    const ones = broadcastTo(constant(1), x.shape);
    const above = passWherePositive(ones, sub(x, lower[i]!));
    return reshape(sumAll(passWherePositive(above, sub(upper[i]!, x))), [1]);
  });
  return {
    [VERTEX_FUNCTIONS.toVertex]: moved(vertices),
    [VERTEX_FUNCTIONS.onTheWay]: moved(
      points.map((point, i) => add(point, mul(sub(vertices[i]!, point), share))),
    ),
    [VERTEX_FUNCTIONS.look]: {
      outputs: { gaps: concat(gaps, 0), inside: concat(inside, 0) },
    },
    [VERTEX_FUNCTIONS.accept]: {
      outputs: {},
      updates: [...assigned(points, variables), ...assigned(slopes, sums)],
    },
  };
}

/** u where g > 0, l where g < 0, y where g is 0 or NaN. */
function vertexOf(y: Value, g: Value, lower: Value, upper: Value): Value {
  const ones = broadcastTo(constant(1), y.shape);
  const isBelow = scale(g, -1);
  const bounds = add(passWherePositive(upper, g), passWherePositive(lower, isBelow));
  const moves = add(passWherePositive(ones, g), passWherePositive(ones, isBelow));
  return add(bounds, mul(y, sub(ones, moves)));
}

function assigned(variables: readonly Value[], values: readonly Value[]): Update[] {
  return variables.map((variable, i) => ({ kind: "assign", variable, value: values[i]! }));
}
