import { sizeOf } from "../graph/shape.ts";
import type { HostVector, KrylovBasis } from "../linalg/krylov_basis.ts";
import { splitParameters } from "../networks/flat.ts";
import { productsWith } from "./chunk_sums.ts";
import { PRODUCT_VECTOR, total } from "./folding.ts";
import { blockName, blockSizes, KRYLOV, KRYLOV_FUNCTIONS, placeName } from "./krylov_program.ts";
import type { ProductSession } from "./product_session.ts";

/** What a basis is made of: a session with `krylovProgram`, which is disposed of with the basis. */
export interface KrylovParts extends ProductSession {
  /** The point of the Hessian, shape [n]. */
  readonly x: Float64Array;
  /** Most vectors. */
  readonly most: number;
}

const PRODUCT = productsWith(1);

/**
 * A basis whose vectors are float32 variables of the session. A start goes in; of a step come out the
 * row sums of two inner products, which are added up in float64.
 */
export async function sessionKrylov(
  { network, chunks, session, sums, folding, x, most }: KrylovParts,
): Promise<KrylovBasis> {
  const n = network.dimension;
  const sizes = blockSizes(most);
  const starts = sizes.map((_, b) => sizes.slice(0, b).reduce((held, size) => held + size, 0));
  const blockOf = (k: number) => starts.findLastIndex((start) => start <= k);
  /** Blocks that have a value, and vectors in them. */
  let blocks = 0;
  let count = 0;
  await session.assign(splitParameters(network, x));
  // What was never set can be updated by no function.
  await session.assign({ [KRYLOV.rest]: folding.entriesOf(new Float32Array(n)) });
  /** Adds the newest vector to its block. */
  const store = async () => {
    const block = blockOf(count);
    const size = sizes[block]!;
    if (block === blocks) {
      await session.assign({ [blockName(block)]: new Float32Array(size * sizeOf(folding.shape)) });
      blocks++;
    }
    const place = new Float32Array(size);
    place[count - starts[block]!] = 1;
    await session.run(KRYLOV_FUNCTIONS.store(block), { [placeName(block)]: place }, []);
    count++;
  };
  return {
    async begin(vectors) {
      for (let b = 0; b < blocks; b++) await session.run(KRYLOV_FUNCTIONS.clear(b), {}, []);
      count = 0;
      for (const vector of vectors) {
        await session.assign({ [PRODUCT_VECTOR]: folding.entriesOf(vector) });
        await store();
      }
    },
    async multiply() {
      await sums.clear(session, PRODUCT);
      await sums.add(session, chunks, PRODUCT);
      const name = KRYLOV_FUNCTIONS.multiply(blockOf(count - 1));
      const { alphas, squares } = await session.run(name);
      return { alpha: total(alphas!), beta: Math.sqrt(total(squares!)) };
    },
    async extend(beta) {
      await session.run(KRYLOV.extend, { [KRYLOV.norm]: Float64Array.of(beta) }, []);
      await store();
    },
    async vectors() {
      const names = Array.from({ length: blockOf(count - 1) + 1 }, (_, b) => blockName(b));
      const values = await session.read(names);
      const length = sizeOf(folding.shape);
      return Array.from({ length: count }, (_, k) => {
        const block = blockOf(k);
        const at = (k - starts[block]!) * length;
        return values[blockName(block)]!.subarray(at, at + n) as HostVector;
      });
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
