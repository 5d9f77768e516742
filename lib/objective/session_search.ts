import type { NumericArray, Session } from "../engine/engine.ts";
import { joinParameters, splitParameters } from "../networks/flat.ts";
import type { Network } from "../networks/network.ts";
import type { Box } from "../optim/objective.ts";
import type { SearchPoint, VertexSearch } from "../optim/vertex_search.ts";
import { type Held, heldName, SHARE, VERTEX_FUNCTIONS } from "./vertex_program.ts";

/** Whose it is what the session holds, for those who share it; `undefined` where that is no matter. */
export interface SessionOwners {
  /** Which search the vectors of searches are of: the last that began. */
  search: symbol | undefined;
  /** Whose the parameters are: a Hessian's, or those of a search's attempt with the gradient's sums. */
  point: symbol | undefined;
  /** Whether a search by vertices has set its vectors. */
  hasVertexVectors: boolean;
}

/** What a search uses of the objective whose session it shares. */
export interface SearchHost {
  readonly network: Network;
  readonly session: Session;
  /** Σ_i w_i over all rows: what the session sums is so many times f and ∇f. */
  readonly totalWeight: number;
  readonly owners: SessionOwners;
  /** Runs a body while nothing else uses the session. */
  alone<T>(body: () => Promise<T>): Promise<T>;
  /** Sets the sums of the gradient to zero. */
  clear(): Promise<void>;
  /** Sets the sums of the gradient. */
  setSums(sums: Float64Array): Promise<void>;
  /** Adds up ∇f over all chunks, at the point that the parameters hold. @returns f there. */
  evaluate(): Promise<number>;
}

/**
 * A search whose point, slope and bounds are float32 variables of the session. Vectors of n cross the
 * border at its start and at its end; of an evaluation come out the losses, which are added up in
 * float64, and two numbers for each parameter.
 *
 * @throws {TypeError} From the methods, if another search has begun, or, of `accept`, if f was
 *   evaluated elsewhere since the attempt.
 */
export function sessionSearch(host: SearchHost, box: Box): VertexSearch {
  const { network, session, totalWeight, owners } = host;
  const self = Symbol("search");
  /** Runs a body if what it goes on from is this search's. */
  const goingOn = <T>(from: keyof SessionOwners, body: () => Promise<T>) =>
    host.alone(() => {
      if (owners.search === self && owners[from] === self) return body();
      const why = owners.search === self
        ? "f was evaluated elsewhere since; attempt the step again"
        : "another one began on the same objective; begin anew";
      throw new TypeError(`Cannot go on with a search: ${why}`);
    });
  const names = (held: Held) => network.parameters.map(({ name }) => heldName(held, name));
  const assign = (held: Held, vector: Float64Array) =>
    session.assign(Object.fromEntries(
      Object.entries(splitParameters(network, vector)).map(([name, part]) =>
        [heldName(held, name), part] as const
      ),
    ));
  const read = async (held: Held) => {
    const values = await session.read(names(held));
    return joinParameters(
      network,
      Object.fromEntries(
        network.parameters.map(({ name }) => [name, values[heldName(held, name)]!]),
      ),
    );
  };
  /** Shares of coordinates on a bound, where the last look was and at the present point. */
  let lookedShare = 0;
  let presentShare = 0;
  const accept = async () => {
    await session.run(VERTEX_FUNCTIONS.accept);
    presentShare = lookedShare;
  };
  const look = async (value: number): Promise<SearchPoint> => {
    const { gaps, inside } = await session.run(VERTEX_FUNCTIONS.look);
    lookedShare = (network.dimension - sumOf(inside!)) / network.dimension;
    // A slope that is not finite leaves its mark in the sum: 0 · NaN and 0 · ∞ are NaN.
    const gap = sumOf(gaps!) / totalWeight;
    return { value, gap, isFinite: Number.isFinite(gap) };
  };
  /** Makes a point the present one, in a box that the session does not know yet. */
  const placed = (y: Float64Array, known?: { gradient: Float64Array; value: number }) =>
    host.alone(async () => {
      // What was never set can be updated by no function. A search in a box sets other variables.
      const unset: Held[] = owners.hasVertexVectors ? [] : ["point", "slope"];
      for (const held of unset) await assign(held, new Float64Array(network.dimension));
      owners.hasVertexVectors = true;
      owners.search = owners.point = self;
      await assign("lower", box.lower);
      await assign("upper", box.upper);
      await session.assign(splitParameters(network, y));
      await host.clear();
      if (known) await host.setSums(known.gradient.map((g) => g * totalWeight));
      const point = await look(known ? known.value : await host.evaluate());
      await accept();
      return point;
    });
  return {
    begin: (start) => placed(start),
    resume: ({ y, ...known }) => placed(y, known),
    attempt: (share) =>
      goingOn("search", async () => {
        owners.point = self;
        if (share === 1) await session.run(VERTEX_FUNCTIONS.toVertex);
        else await session.run(VERTEX_FUNCTIONS.onTheWay, { [SHARE]: Float64Array.of(share) });
        return await look(await host.evaluate());
      }),
    accept: () => goingOn("point", accept),
    vectors: () =>
      goingOn("search", async () => {
        const y = await read("point");
        return { y, gradient: (await read("slope")).map((sum) => sum / totalWeight) };
      }),
    end: () =>
      goingOn("search", async () => ({ y: await read("point"), activeShare: presentShare })),
  };
}

/** In float64. */
function sumOf(parts: NumericArray): number {
  return Float64Array.from(parts).reduce((sum, part) => sum + part, 0);
}
