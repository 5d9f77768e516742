/** L-BFGS-B's vector operations as functions of a session, on folded vectors. */
import { add } from "../graph/ops/add.ts";
import { argMax } from "../graph/ops/arg_max.ts";
import { batchMatMul } from "../graph/ops/batch_mat_mul.ts";
import { constant } from "../graph/ops/constant.ts";
import { div } from "../graph/ops/div.ts";
import { placeholder, variable } from "../graph/ops/leaf.ts";
import { mul, scale } from "../graph/ops/mul.ts";
import { oneHot } from "../graph/ops/one_hot.ts";
import { passWherePositive, relu } from "../graph/ops/relu.ts";
import { reshape } from "../graph/ops/reshape.ts";
import { square } from "../graph/ops/square.ts";
import { sub } from "../graph/ops/sub.ts";
import { broadcastTo, sum, zeros } from "../graph/ops/sum.ts";
import type { GraphFunction, Program, Update } from "../graph/program.ts";
import type { Value } from "../graph/value.ts";
import type { Folding } from "./folding.ts";

/** m. */
export const PAIRS = 10;

/** Times of a path at once. */
export const TIMES = 16;

/** Most sums that an inner product comes out as. */
const MOST_SUMS = 16;

/** Keeps 0/0 from being no number; below every gradient worth the name. */
const TINY = 1e-37;

/** Variables, all folded but for the pairs. */
export const BOX = {
  x: "box point",
  gradient: "box gradient",
  lower: "box lower",
  upper: "box upper",
  /** The point of the path that was chosen. */
  chosen: "box chosen",
  /** The step over the free coordinates. */
  step: "box step",
  /** Where the line is 1, and the way there. */
  end: "box end",
  way: "box way",
  /** The best attempt. */
  kept: "box kept point",
  keptGradient: "box kept gradient",
  /** s₀, y₀, s₁, …, shape [rows, 2m, width]. */
  pairs: "box pairs",
} as const;

/** Placeholders. */
export const BOX_FEEDS = {
  /** What the sums of the gradient are to be multiplied with. */
  factor: "box factor",
  /** Times of a path, shape [1, TIMES, 1]. */
  times: "box times",
  /** A scalar, of `choose`, `subspace`, `aim` and `attempt`. */
  scalar: "box scalar",
  /** Shape [1, 1, 2m]. */
  weights: "box weights",
  /** 1 at the columns of the new pair; shape [1, 2m, 1] each. */
  placeOfS: "box place of s",
  placeOfY: "box place of y",
} as const;

/** Functions; see `BoxSearch`, by whose names they go. Outputs are sums over some rows. */
export const BOX_FUNCTIONS = {
  path: "box path",
  choose: "box choose",
  subspace: "box subspace",
  aim: "box aim",
  /** x + a way becomes the parameters; sums ← 0. */
  attempt: "box attempt",
  /** The aim itself becomes the parameters; sums ← 0. */
  toEnd: "box to the end",
  slope: "box slope",
  keep: "box keep",
  pair: "box pair",
  advance: "box advance",
  look: "box look",
} as const;

/**
 * The functions of a search in a box.
 *
 * @param variables The parameters, which hold the point that f is evaluated at.
 * @param sums The sums of the gradient.
 */
export function boxProgram(
  folding: Folding,
  variables: readonly Value[],
  sums: readonly Value[],
): Program {
  const { shape } = folding;
  const [rows, width] = shape;
  const columns = 2 * PAIRS;
  const folded = (name: string) => variable(name, shape);
  const [x, g, lower, upper] = [BOX.x, BOX.gradient, BOX.lower, BOX.upper].map(folded) as Four;
  const [chosen, step, end, way] = [BOX.chosen, BOX.step, BOX.end, BOX.way].map(folded) as Four;
  const [kept, keptGradient] = [BOX.kept, BOX.keptGradient].map(folded) as [Value, Value];
  const pairs = variable(BOX.pairs, [rows, columns, width]);
  const scalar = placeholder(BOX_FEEDS.scalar, []);
  const times = placeholder(BOX_FEEDS.times, [1, TIMES, 1]);
  const factor = placeholder(BOX_FEEDS.factor, []);

  const ones = broadcastTo(constant(1), shape);
  const where = (condition: Value) => passWherePositive(ones, condition);
  const clipped = (to: Value) => {
    const [below, above] = [where(sub(lower, to)), where(sub(to, upper))];
    const bounds = add(mul(below, lower), mul(above, upper));
    return add(bounds, mul(to, sub(ones, add(below, above))));
  };
  const inside = (at: Value) => mul(where(sub(at, lower)), where(sub(upper, at)));
  const rowSums = (entries: Value) => sum(entries, [1]);
  const rowLargest = (entries: Value) => rowSums(mul(entries, oneHot(argMax(entries), width)));
  /** Row sums [rows, …] as sums of some rows: a copy of n/100 numbers fewer. */
  const fewer = (perRow: Value) => {
    if (rows % MOST_SUMS !== 0) return perRow;
    const [, ...rest] = perRow.shape;
    return sum(reshape(perRow, [MOST_SUMS, rows / MOST_SUMS, ...rest]), [1]);
  };
  const magnitude = (entries: Value) => add(relu(entries), relu(scale(entries, -1)));
  /** Products of a vector with all columns: [sums, 1, 2m]. */
  const products = (vector: Value) =>
    fewer(batchMatMul(reshape(vector, [rows, 1, width]), pairs, false, true));
  /** 1/t of the largest step from a point of the box along a direction, by row. */
  const shortness = (at: Value, direction: Value) => {
    const [up, down] = [where(direction), where(scale(direction, -1))];
    const room = add(mul(up, sub(upper, at)), mul(down, sub(at, lower)));
    return rowLargest(div(magnitude(direction), add(room, scale(ones, TINY))));
  };
  const slopeAnd = (
    slope: Value,
    direction: Value,
    at: Value,
    updates: Update[],
  ): GraphFunction => ({
    outputs: { slope: rowSums(slope), shortness: shortness(at, direction) },
    updates,
  });

  // The path: where a coordinate is bound to, how long it takes, and how far it has come at t.
  const [rises, falls] = [where(scale(g, -1)), where(g)];
  const still = sub(ones, add(rises, falls));
  const bound = add(add(mul(rises, upper), mul(falls, lower)), mul(still, x));
  const room = add(
    add(mul(rises, sub(upper, x)), mul(falls, sub(x, lower))),
    // Without a slope a coordinate stays, and is free if it is inside.
    mul(still, inside(x)),
  );
  const breakpoint = div(room, add(magnitude(g), scale(ones, TINY)));
  const cube = [rows, 1, width];
  const all = [rows, TIMES, width];
  const moves = passWherePositive(
    broadcastTo(constant(1), all),
    sub(reshape(breakpoint, cube), times),
  );
  const down = mul(reshape(scale(g, -1), cube), moves);
  const stopped = mul(reshape(sub(bound, x), cube), sub(broadcastTo(constant(1), all), moves));
  const along = (vectors: Value) => fewer(batchMatMul(vectors, pairs, false, true));
  // And at the one that is chosen.
  const goes = where(sub(breakpoint, scalar));
  const to = add(
    mul(goes, clipped(sub(x, mul(g, scalar)))),
    mul(sub(ones, goes), bound),
  );
  const free = mul(goes, inside(to));
  const freePairs = mul(pairs, reshape(free, cube));
  const chosenStep = sub(to, x);

  const weights = placeholder(BOX_FEEDS.weights, [1, 1, columns]);
  const combined = reshape(
    batchMatMul(broadcastTo(weights, [rows, 1, columns]), pairs),
    shape,
  );
  const newStep = mul(inside(chosen), add(combined, mul(g, scalar)));
  const aim = clipped(add(chosen, mul(step, scalar)));
  const newWay = sub(aim, x);
  const present = folding.fold(variables);
  const presentGradient = mul(folding.fold(sums), factor);
  const [s, y] = [sub(kept, x), sub(keptGradient, g)];
  const placeOfS = placeholder(BOX_FEEDS.placeOfS, [1, columns, 1]);
  const placeOfY = placeholder(BOX_FEEDS.placeOfY, [1, columns, 1]);
  const others = sub(broadcastTo(constant(1), [1, columns, 1]), add(placeOfS, placeOfY));
  const newPairs = add(
    mul(pairs, others),
    add(mul(placeOfS, reshape(s, cube)), mul(placeOfY, reshape(y, cube))),
  );
  /** What is told of a point. */
  const pointOf = (at: Value, gradient: Value) => {
    const [up, fall] = [where(scale(gradient, -1)), where(gradient)];
    const way = add(mul(up, sub(upper, at)), mul(fall, sub(at, lower)));
    const size = magnitude(gradient);
    return {
      // The lesser of the gradient and the room.
      projected: rowLargest(sub(size, relu(sub(size, way)))),
      inside: rowSums(inside(at)),
      finite: rowSums(gradient),
    };
  };
  const moved = (point: Value): GraphFunction => ({
    outputs: {},
    updates: [
      ...assigned(variables, folding.unfold(point)),
      ...assigned(sums, sums.map((each) => zeros(each.shape))),
    ],
  });
  return {
    [BOX_FUNCTIONS.path]: {
      outputs: {
        products: along(add(mul(down, times), stopped)),
        moving: along(down),
        squares: fewer(sum(square(down), [2])),
      },
    },
    [BOX_FUNCTIONS.choose]: {
      outputs: {
        products: products(chosenStep),
        moving: products(scale(mul(g, free), -1)),
        squares: rowSums(mul(square(g), free)),
        gram: fewer(batchMatMul(freePairs, pairs, false, true)),
        slope: rowSums(mul(g, chosenStep)),
        free: rowSums(free),
      },
      updates: assigned([chosen], [to]),
    },
    [BOX_FUNCTIONS.subspace]: slopeAnd(
      mul(g, sub(clipped(add(chosen, newStep)), chosen)),
      newStep,
      chosen,
      assigned([step], [newStep]),
    ),
    [BOX_FUNCTIONS.aim]: slopeAnd(mul(g, newWay), newWay, x, assigned([end, way], [aim, newWay])),
    [BOX_FUNCTIONS.attempt]: moved(clipped(add(x, mul(way, scalar)))),
    [BOX_FUNCTIONS.toEnd]: moved(end),
    [BOX_FUNCTIONS.slope]: { outputs: { slope: rowSums(mul(presentGradient, way)) } },
    [BOX_FUNCTIONS.keep]: {
      outputs: {},
      updates: assigned([kept, keptGradient], [present, presentGradient]),
    },
    [BOX_FUNCTIONS.pair]: {
      outputs: {
        ofS: products(s),
        ofY: products(y),
        ss: rowSums(square(s)),
        sy: rowSums(mul(s, y)),
        yy: rowSums(square(y)),
        sg: rowSums(mul(s, g)),
      },
    },
    [BOX_FUNCTIONS.advance]: {
      outputs: pointOf(kept, keptGradient),
      updates: assigned([pairs, x, g], [newPairs, kept, keptGradient]),
    },
    [BOX_FUNCTIONS.look]: { outputs: pointOf(x, g) },
  };
}

type Four = [Value, Value, Value, Value];

function assigned(variables: readonly Value[], values: readonly Value[]): Update[] {
  return variables.map((variable, i) => ({ kind: "assign", variable, value: values[i]! }));
}
