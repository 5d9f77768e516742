import type { NumericArray } from "../engine/engine.ts";
import { sizeOf } from "../graph/shape.ts";
import { splitParameters } from "../networks/flat.ts";
import type { BoxSearch } from "../optim/box_search.ts";
import type { Box } from "../optim/objective.ts";
import { BOX, BOX_FEEDS, BOX_FUNCTIONS, PAIRS, TIMES } from "./box_program.ts";
import { type Folding, total } from "./folding.ts";
import type { SearchHost } from "./session_search.ts";

/**
 * A search in a box whose vectors are float32 variables of the session.
 *
 * @param sign −1 to climb: what is minimised is so many times f.
 * @throws {TypeError} From the methods, if another search began, or f was evaluated elsewhere since the
 *   attempt that they are of.
 */
export function sessionBox(
  host: SearchHost,
  folding: Folding,
  box: Box,
  sign: 1 | -1,
): BoxSearch {
  const { network, session, totalWeight, owners } = host;
  const n = network.dimension;
  const self = Symbol("search in a box");
  const factor = { [BOX_FEEDS.factor]: Float64Array.of(sign / totalWeight) };
  const scalar = (value: number) => ({ [BOX_FEEDS.scalar]: Float64Array.of(value) });
  /** Runs a body if what it goes on from is this search's. */
  const goingOn = <T>(from: keyof typeof owners, body: () => Promise<T>) =>
    host.alone(() => {
      if (owners[from] === self && owners.search === self) return body();
      const why = owners.search === self
        ? "f was evaluated elsewhere since; attempt the step again"
        : "another one began on the same objective; begin anew";
      throw new TypeError(`Cannot go on with a search: ${why}`);
    });
  const vector = (name: string, entries: Float64Array | Float32Array) => ({
    [name]: folding.entriesOf(entries),
  });
  const point = ({ projected, inside, finite }: Readonly<Record<string, NumericArray>>) => ({
    projectedGradientNorm: largest(projected!),
    activeShare: (n - total(inside!)) / n,
    isFinite: Number.isFinite(total(finite!)),
  });
  const direction = ({ slope, shortness }: Readonly<Record<string, NumericArray>>) => ({
    slope: total(slope!),
    largestStep: 1 / largest(shortness!),
  });
  const advance = async (slot?: number) => {
    const place = (column: number) => {
      const places = new Float32Array(2 * PAIRS);
      if (slot !== undefined) places[2 * slot + column] = 1;
      return places;
    };
    return point(
      await session.run(BOX_FUNCTIONS.advance, {
        [BOX_FEEDS.placeOfS]: place(0),
        [BOX_FEEDS.placeOfY]: place(1),
      }),
    );
  };
  const columns = 2 * PAIRS;
  /** What was never set can be updated by no function. */
  const prepare = async (pairs?: Float64Array) => {
    owners.search = self;
    owners.point = undefined;
    const none = new Float32Array(n);
    await session.assign(vector(BOX.lower, box.lower));
    await session.assign(vector(BOX.upper, box.upper));
    await session.assign({
      [BOX.pairs]: pairs ?? new Float32Array(columns * sizeOf(folding.shape)),
    });
    for (const name of [BOX.x, BOX.gradient, BOX.chosen, BOX.step, BOX.end, BOX.way]) {
      await session.assign(vector(name, none));
    }
    for (const name of [BOX.kept, BOX.keptGradient]) await session.assign(vector(name, none));
  };
  const evaluated = () => {
    owners.point = self;
    return host.evaluate();
  };
  const keep = async () => void await session.run(BOX_FUNCTIONS.keep, factor, []);
  return {
    memory: PAIRS,
    times: TIMES,
    begin: (start) =>
      host.alone(async () => {
        await prepare();
        await session.assign(splitParameters(network, start));
        await host.clear();
        const value = sign * await evaluated();
        await keep();
        return { value, ...await advance() };
      }),
    resume: ({ x, gradient, pairs }) =>
      host.alone(async () => {
        await prepare(pairs);
        await session.assign(vector(BOX.x, x));
        await session.assign(vector(BOX.gradient, gradient));
        // Whoever evaluates next updates the sums.
        await host.clear();
        return point(await session.run(BOX_FUNCTIONS.look));
      }),
    path: (times) =>
      goingOn("search", async () => {
        const { products, moving, squares } = await session.run(BOX_FUNCTIONS.path, {
          [BOX_FEEDS.times]: Float64Array.from(times),
        });
        const all = columnTotals(squares!, TIMES);
        const [way, left] = [products!, moving!].map((each) => columnTotals(each, TIMES * columns));
        const part = (of: Float64Array, k: number) => of.subarray(k * columns, (k + 1) * columns);
        return times.map((_, k) => ({
          products: part(way!, k),
          moving: part(left!, k),
          squares: all[k]!,
        }));
      }),
    choose: (time) =>
      goingOn("search", async () => {
        const sums = await session.run(BOX_FUNCTIONS.choose, scalar(time));
        return {
          products: columnTotals(sums.products!, columns),
          moving: columnTotals(sums.moving!, columns),
          gram: columnTotals(sums.gram!, columns * columns),
          squares: total(sums.squares!),
          slope: total(sums.slope!),
          free: total(sums.free!),
        };
      }),
    subspace: (weights, gone) =>
      goingOn("search", async () =>
        direction(
          await session.run(BOX_FUNCTIONS.subspace, {
            ...scalar(gone),
            [BOX_FEEDS.weights]: weights,
          }),
        )),
    aim: (share) =>
      goingOn("search", async () => direction(await session.run(BOX_FUNCTIONS.aim, scalar(share)))),
    attempt: (step) =>
      goingOn("search", async () => {
        if (step === 1) await session.run(BOX_FUNCTIONS.toEnd, {}, []);
        else await session.run(BOX_FUNCTIONS.attempt, scalar(step), []);
        const value = sign * await evaluated();
        const { slope } = await session.run(BOX_FUNCTIONS.slope, factor);
        return { value, slope: total(slope!) };
      }),
    keep: () => goingOn("point", keep),
    pair: () =>
      goingOn("search", async () => {
        const { ofS, ofY, ss, sy, yy, sg } = await session.run(BOX_FUNCTIONS.pair);
        return {
          ss: total(ss!),
          sy: total(sy!),
          yy: total(yy!),
          sg: total(sg!),
          ofS: columnTotals(ofS!, columns),
          ofY: columnTotals(ofY!, columns),
        };
      }),
    advance: (slot) => goingOn("search", () => advance(slot)),
    vectors: () =>
      goingOn("search", async () => {
        const read = await session.read([BOX.x, BOX.gradient, BOX.pairs]);
        const own = (name: string) => Float64Array.from(read[name]!.subarray(0, n));
        return {
          x: own(BOX.x),
          gradient: own(BOX.gradient),
          pairs: Float64Array.from(read[BOX.pairs]!),
        };
      }),
  };
}

/** Column sums of a matrix with so many columns, in float64. */
function columnTotals(entries: NumericArray, columns: number): Float64Array {
  const totals = new Float64Array(columns);
  entries.forEach((entry, at) => totals[at % columns]! += entry);
  return totals;
}

/** NaN where one entry is. */
function largest(entries: NumericArray): number {
  return Float64Array.from(entries).reduce((most, entry) => Math.max(most, entry), 0);
}
