/** L-BFGS-B with the whole of B, slow and without any of its economies. */
import { clipIntoBox } from "../../lib/optim/box.ts";
import { searchLine } from "../../lib/optim/line_search.ts";
import type { Box, Objective } from "../../lib/optim/objective.ts";
import { denseBfgs, inner, multiply, solve } from "./dense.ts";

/** Piece after piece, with products by the whole of B: algorithm CP without its economies. */
export function densePathMinimiser(
  multiplyB: (v: Float64Array) => Float64Array,
  x: Float64Array,
  gradient: Float64Array,
  { lower, upper }: Box,
): Float64Array {
  const at = gradient.map((g, i) => g === 0 ? 0 : (x[i]! - (g < 0 ? upper[i]! : lower[i]!)) / g);
  const pathTo = (t: number) =>
    x.map((xi, i) =>
      at[i]! <= 0
        ? xi
        : at[i]! <= t
        ? (gradient[i]! < 0 ? upper[i]! : lower[i]!)
        : xi - t * gradient[i]!
    );
  const ends = [...new Set(at.filter((t) => t > 0))].sort((a, b) => a - b);
  if (ends.at(-1) !== Infinity) ends.push(Infinity);
  let from = 0;
  for (const end of ends) {
    const direction = gradient.map((g, i) => at[i]! > from ? -g : 0);
    if (direction.every((d) => d === 0)) break;
    const way = pathTo(from).map((zi, i) => zi - x[i]!);
    const bd = multiplyB(direction);
    const slope = inner(gradient, direction) + inner(way, bd);
    if (slope >= 0) break;
    const minimiser = from - slope / inner(direction, bd);
    if (minimiser < end) return pathTo(minimiser);
    from = end;
  }
  return pathTo(from);
}

/** The Newton step over the coordinates free at the Cauchy point, returned into the box. */
function denseSubspacePoint(
  b: Float64Array,
  x: Float64Array,
  gradient: Float64Array,
  { lower, upper }: Box,
  cauchy: Float64Array,
): Float64Array {
  const n = x.length;
  const free = [...x.keys()].filter((i) => lower[i]! < cauchy[i]! && cauchy[i]! < upper[i]!);
  const bent = multiply(b, cauchy.map((ci, i) => ci - x[i]!));
  const block = Float64Array.from(free.flatMap((i) => free.map((j) => b[i * n + j]!)));
  const step = solve(block, Float64Array.from(free, (i) => -(gradient[i]! + bent[i]!)));
  const whole = new Float64Array(n);
  free.forEach((i, k) => whole[i] = step[k]!);
  const projected = clipIntoBox(cauchy.map((ci, i) => ci + whole[i]!), { lower, upper });
  if (inner(gradient, projected.map((pi, i) => pi - x[i]!)) <= 0) return projected;
  const share = Math.min(
    1,
    ...free.map((i) => ((whole[i]! < 0 ? lower[i]! : upper[i]!) - cauchy[i]!) / whole[i]!),
  );
  return clipIntoBox(cauchy.map((ci, i) => ci + share * whole[i]!), { lower, upper });
}

/**
 * The first iterates in a box without infinite bounds: B is built anew from the last `memory` pairs by
 * the BFGS recursion in every iteration.
 */
export async function denseIterates(
  objective: Objective,
  start: Float64Array,
  box: Box,
  { memory, iterations }: { readonly memory: number; readonly iterations: number },
): Promise<Float64Array[]> {
  let x = clipIntoBox(start, box);
  let { value, gradient } = await objective.evaluate(x);
  const pairs: { s: Float64Array; y: Float64Array }[] = [];
  const iterates = [x];
  for (let k = 0; k < iterations; k++) {
    const newest = pairs.at(-1);
    const theta = newest ? inner(newest.y, newest.y) / inner(newest.s, newest.y) : 1;
    const b = denseBfgs(x.length, theta, pairs.slice(-memory));
    const cauchy = densePathMinimiser((v) => multiply(b, v), x, gradient, box);
    const end = newest ? denseSubspacePoint(b, x, gradient, box, cauchy) : cauchy;
    const direction = end.map((ei, i) => ei - x[i]!);
    const slope = inner(gradient, direction);
    const line = { x, value, direction, slope, end, box, firstStep: 1, maxStep: 1 };
    if (k > 0) line.maxStep = longestStep(x, direction, box);
    const trial = new Float64Array(x.length);
    const evaluate = (at: Float64Array) => objective.evaluate(at);
    const { point } = await searchLine(evaluate, line, trial, new Float64Array(trial.length), 100);
    const s = trial.map((ti, i) => ti - x[i]!);
    const y = point!.gradient.map((gi, i) => gi - gradient[i]!);
    if (inner(s, y) > Number.EPSILON * Math.abs(inner(s, gradient))) pairs.push({ s, y });
    [x, value, gradient] = [trial, point!.value, point!.gradient];
    iterates.push(x);
  }
  return iterates;
}

function longestStep(x: Float64Array, direction: Float64Array, { lower, upper }: Box): number {
  const rooms = direction.map((d, i) =>
    d === 0 ? Infinity : ((d < 0 ? lower[i]! : upper[i]!) - x[i]!) / d
  );
  return Math.max(1, Math.min(1e10, ...rooms));
}
