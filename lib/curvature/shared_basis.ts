import type { KrylovBasis } from "../linalg/krylov_basis.ts";
import type { LinearOperator } from "../linalg/operator.ts";

/**
 * The operator with one basis for several Krylov spaces, each of which ends the one before: what it
 * takes to open a basis where the products are computed is then spent once. It is to be disposed of.
 *
 * @param most Vectors of the largest space.
 */
export async function withSharedBasis(
  operator: LinearOperator,
  most: number,
): Promise<LinearOperator & AsyncDisposable> {
  const basis = await operator.krylovBasis?.(Math.min(most, operator.dimension));
  const lent: KrylovBasis | undefined = basis &&
    { ...basis, [Symbol.asyncDispose]: () => Promise.resolve() };
  return {
    dimension: operator.dimension,
    apply: (v) => operator.apply(v),
    ...(lent && { krylovBasis: () => Promise.resolve(lent) }),
    [Symbol.asyncDispose]: () => basis?.[Symbol.asyncDispose]() ?? Promise.resolve(),
  };
}
