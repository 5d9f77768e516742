/** The planes of the stage `surface`, with the points that are marked on them. */
import type { CurvatureCheckpoint } from "../curvature/checkpoint.ts";
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
  /** Holds the Krylov space while it grows, or what an earlier plane {@link LaidPlane.kept}. */
  readonly checkpoint: CurvatureCheckpoint;
}

/** A plane with its grid, and what was found on the way. */
export interface LaidPlane {
  readonly plane: Plane;
  readonly grid: PlaneGrid;
  /** How the directions were chosen, in numbers. */
  readonly facts: Readonly<Record<string, readonly number[]>>;
  /** What to save so that the plane need not be computed again; empty if that takes no time. */
  readonly kept: Readonly<Record<string, Float64Array>>;
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
      return {
        plane: { origin, directions },
        grid: centredGrid(radius, points),
        facts: {},
        kept: {},
      };
    }
    case "eigenvectors": {
      const kept = await topEigenvectors(source, origin);
      const { first, second, eigenvalues, residuals } = kept;
      return {
        plane: { origin, directions: [first, second] },
        grid: centredGrid(radius, points),
        facts: { eigenvalues: [...eigenvalues], residuals: [...residuals] },
        kept: { ...kept },
      };
    }
    case "trajectory": {
      const plane = principalPlane(marks.map(({ x }) => x));
      return {
        plane,
        grid: gridOf(plane, marks, points),
        facts: { shares: plane.shares },
        kept: {},
      };
    }
    case "minima": {
      const plane = planeThrough(origin, second!, third!);
      return { plane, grid: gridOf(plane, marks, points), facts: {}, kept: {} };
    }
  }
}

/** The unit vectors of the two largest eigenvalues, the larger first in each pair. */
interface TopEigenvectors {
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly eigenvalues: Float64Array;
  readonly residuals: Float64Array;
}

/** By Lanczos, or as an earlier attempt kept them. */
async function topEigenvectors(
  { network, hessian, seed, lanczosSteps, onProduct, checkpoint }: PlaneSource,
  origin: Float64Array,
): Promise<TopEigenvectors> {
  const { first, second, ...saved } = checkpoint.load() ?? {};
  if (first && second && saved.eigenvalues && saved.residuals) {
    return {
      first: Float64Array.from(first),
      second: Float64Array.from(second),
      eigenvalues: Float64Array.from(saved.eigenvalues),
      residuals: Float64Array.from(saved.residuals),
    };
  }
  const { values, residuals, vectors } = await lanczos(hessian(origin), {
    steps: lanczosSteps,
    seed,
    keepVectors: true,
    onProduct,
    checkpoint,
  });
  const [u, v] = [vectors?.at(-1), vectors?.at(-2)];
  if (!u || !v) {
    throw new RangeError(
      `Cannot lay a plane through eigenvectors of ${network.name}: Lanczos found ` +
        `${values.length}; give a point where the Hessian is finite, and two steps or more`,
    );
  }
  const top = (of: Float64Array) => of.slice(-2).reverse();
  return { first: u, second: v, eigenvalues: top(values), residuals: top(residuals) };
}

function gridOf(plane: Plane, marks: readonly MarkedPoint[], points: number): PlaneGrid {
  return gridAround(marks.map(({ x }) => planeCoordinates(plane, x)), points);
}
