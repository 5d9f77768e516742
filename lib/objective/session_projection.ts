import { sizeOf } from "../graph/shape.ts";
import type { HostVector } from "../linalg/krylov_basis.ts";
import type { Projection, ProjectionStart } from "../linalg/projection.ts";
import { splitParameters } from "../networks/flat.ts";
import { productsWith } from "./chunk_sums.ts";
import { PRODUCT_VECTOR, total } from "./folding.ts";
import type { ProductSession } from "./product_session.ts";
import { PROJECTION } from "./projection_program.ts";

/** What it is made of: a session with `projectionProgram`, which is disposed of with the projection. */
export interface ProjectionParts extends ProductSession {
  /** The point of the Hessian, shape [n]. */
  readonly x: Float64Array;
  readonly start: ProjectionStart;
}

const PRODUCT = productsWith(1);

/**
 * A projection whose vectors and images are float32 variables of the session. The vectors go in once;
 * of a product come out some sums for each inner product, which are added up in float64.
 */
export async function sessionProjection(
  { network, chunks, session, sums, folding, x, start }: ProjectionParts,
): Promise<Projection> {
  const { count: p, vector } = start;
  const n = network.dimension;
  const length = sizeOf(folding.shape);
  /** So many vectors as one array of folded ones. */
  const stacked = (count: number, at: (j: number) => HostVector) => {
    const all = new Float32Array(p * length);
    for (let j = 0; j < count; j++) all.set(at(j), j * length);
    return all;
  };
  let done = start.images.length;
  await session.assign(splitParameters(network, x));
  await session.assign({
    [PRODUCT_VECTOR]: new Float32Array(length),
    [PROJECTION.vectors]: stacked(p, vector),
  });
  await session.assign({ [PROJECTION.images]: stacked(done, (j) => start.images[j]!) });
  const row = async (j: number) => {
    const place = new Float32Array(p);
    place[j] = 1;
    await session.run(PROJECTION.choose, { [PROJECTION.place]: place }, []);
    await sums.clear(session, PRODUCT);
    await sums.add(session, chunks, PRODUCT);
    const output = await session.run(PROJECTION.keep, { [PROJECTION.place]: place });
    done++;
    const products = output.products!;
    const each = products.length / p;
    return Float64Array.from(
      { length: p },
      (_, i) => total(products.subarray(i * each, (i + 1) * each)),
    );
  };
  return {
    async rows(first, count) {
      const rows: Float64Array[] = [];
      for (let k = 0; k < count; k++) rows.push(await row(first + k));
      return rows;
    },
    async residual(s, theta) {
      const feeds = { [PROJECTION.coefficients]: s, [PROJECTION.theta]: Float64Array.of(theta) };
      return Math.sqrt(total((await session.run(PROJECTION.misfit, feeds)).squares!));
    },
    async images() {
      const values = await session.read([PROJECTION.images]);
      const all = values[PROJECTION.images]!;
      return Array.from(
        { length: done },
        (_, j) => all.subarray(j * length, j * length + n) as HostVector,
      );
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
