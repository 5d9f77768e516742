/** The planes of the stage `surface`, with the points that are marked on them. */
import { lanczos } from "../curvature/lanczos.ts";
import { filterNormalisedPair } from "../landscape/filter_normalised.ts";
import { type Plane, planeCoordinates, planeThrough } from "../landscape/plane.ts";
import { centredGrid, gridAround, type PlaneGrid } from "../landscape/plane_grid.ts";
import type { PlaneKind } from "../landscape/plane_kinds.ts";
import { principalPlane } from "../landscape/principal_plane.ts";
import type { LinearOperator } from "../linalg/operator.ts";
import { filterBlocks } from "../networks/filter_blocks.ts";
import type { Network } from "../networks/network.ts";

/** A point that a picture marks; those of one `line` are joined in their order. */
export interface MarkedPoint {
  /** What it is, for instance `SB's minimum` or `epoch 3`. */
  readonly name: string;
  /** The run it belongs to, if it is one of several along it. */
  readonly line?: string;
  /** Whether training ended there. */
  readonly isMinimum: boolean;
  readonly x: Float64Array;
}

/** What planes are made of. */
export interface PlaneSource {
  readonly network: Network;
  /** One minimum, or three for a plane through them; and the iterates of runs, if known. */
  readonly marks: readonly MarkedPoint[];
  /** Half of the side of a grid about a minimum, in units of its directions. */
  readonly radius: number;
  /** Points of the grid along its longer side. */
  readonly points: number;
  readonly seed: number;
  readonly hessian: (x: Float64Array) => LinearOperator;
  readonly lanczosSteps: number;
  readonly onProduct: (done: number, total: number) => void;
}

/** A plane with its grid, and what was found on the way. */
export interface LaidPlane {
  readonly plane: Plane;
  readonly grid: PlaneGrid;
  /** How the directions were chosen, in numbers. */
  readonly facts: Readonly<Record<string, readonly number[]>>;
}

/**
 * Lays the plane of a kind.
 *
 * - `random`: two Gaussian directions, filter-normalised at the minimum.
 * - `eigenvectors`: u and v of length 1 for the two largest eigenvalues of ∇²f at it.
 * - `trajectory`: the principal directions of the marks, which end at the minimum.
 * - `minima`: through all three, by Gram and Schmidt.
 *
 * @throws {RangeError} If the points span no plane.
 */
export async function layPlane(kind: PlaneKind, source: PlaneSource): Promise<LaidPlane> {
  const { network, marks, radius, points, seed } = source;
  const [first, second, third] = marks.filter(({ isMinimum }) => isMinimum).map(({ x }) => x);
  const origin = first!;
  switch (kind) {
    case "random": {
      const directions = filterNormalisedPair(origin, filterBlocks(network), seed);
      return { plane: { origin, directions }, grid: centredGrid(radius, points), facts: {} };
    }
    case "eigenvectors": {
      const { values, residuals, vectors } = await lanczos(source.hessian(origin), {
        steps: source.lanczosSteps,
        seed,
        keepVectors: true,
        onProduct: source.onProduct,
      });
      const [u, v] = [vectors?.at(-1), vectors?.at(-2)];
      if (!u || !v) {
        throw new RangeError(
          `Cannot lay a plane through eigenvectors of ${network.name}: Lanczos found ` +
            `${values.length}; give a point where the Hessian is finite, and two steps or more`,
        );
      }
      const top = (of: Float64Array) => [...of.slice(-2)].toReversed();
      return {
        plane: { origin, directions: [u, v] },
        grid: centredGrid(radius, points),
        facts: { eigenvalues: top(values), residuals: top(residuals) },
      };
    }
    case "trajectory": {
      const plane = principalPlane(marks.map(({ x }) => x));
      return { plane, grid: gridOf(plane, marks, points), facts: { shares: plane.shares } };
    }
    case "minima": {
      const plane = planeThrough(origin, second!, third!);
      return { plane, grid: gridOf(plane, marks, points), facts: {} };
    }
  }
}

function gridOf(plane: Plane, marks: readonly MarkedPoint[], points: number): PlaneGrid {
  return gridAround(marks.map(({ x }) => planeCoordinates(plane, x)), points);
}
