import { solveLowerInPlace } from "../linalg/cholesky.ts";
import type { SubspaceBasis } from "../linalg/basis.ts";
import { addColumns, type Columns } from "../linalg/columns.ts";
import { applyToAll, type LinearOperator } from "../linalg/operator.ts";
import type { Projection, ProjectionStart } from "../linalg/projection.ts";
import { norm } from "../linalg/vector.ts";

/** What a projection in the host's memory is made of. */
export interface HostProjectionParts {
  readonly operator: LinearOperator;
  /** A, with VᵀA = Lᵀ. */
  readonly basis: SubspaceBasis;
  /** L, row-major [p, p]. */
  readonly factor: Float64Array;
  /** Vs. */
  readonly expand: (s: Float64Array) => Float64Array;
  readonly start: ProjectionStart;
  /** Most bytes of images as float64; beyond, they are float32. */
  readonly byteBudget: number;
}

/** A projection whose images lie in the host's memory, and whose products go there. */
export function hostProjection(
  { operator, basis, factor, expand, start, byteBudget }: HostProjectionParts,
): Projection {
  const p = start.count;
  const fits = operator.dimension * p * Float64Array.BYTES_PER_ELEMENT <= byteBudget;
  const Kind = fits ? Float64Array : Float32Array;
  const keep = (image: ArrayLike<number>) => image instanceof Kind ? image : Kind.from(image);
  const images = start.images.map(keep);
  return {
    async rows(first, count) {
      const vectors = Array.from({ length: count }, (_, k) => start.vector(first + k));
      return (await applyToAll(operator, vectors)).map((image) => {
        const row = basis.restrict(image);
        solveLowerInPlace(factor, p, row);
        images.push(keep(image));
        return row;
      });
    },
    residual(s, theta) {
      const residual = expand(s);
      for (let i = 0; i < residual.length; i++) residual[i]! *= -theta;
      addColumns(residual, images as Columns, s); // all of one kind
      return Promise.resolve(norm(residual));
    },
    images: () => Promise.resolve(images),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
