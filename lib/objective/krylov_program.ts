/** Steps of Lanczos' method as functions of a session. */
import { add } from "../graph/ops/add.ts";
import { div } from "../graph/ops/div.ts";
import { placeholder, variable } from "../graph/ops/leaf.ts";
import { mul, scale } from "../graph/ops/mul.ts";
import { reshape } from "../graph/ops/reshape.ts";
import { square } from "../graph/ops/square.ts";
import { sub } from "../graph/ops/sub.ts";
import { sum, zeros } from "../graph/ops/sum.ts";
import type { Program } from "../graph/program.ts";
import type { Value } from "../graph/value.ts";
import type { ProductValues } from "./product_session.ts";

/** Vectors in the first block of a basis, and in the second; each further one is twice as large. */
const FIRST_BLOCK = 8;

/** Names of what a basis holds and is fed. */
export const KRYLOV = {
  /** Variable: w, folded. */
  rest: "krylov rest",
  /** Placeholder: β, a scalar. */
  norm: "krylov norm",
  /** Function: q_k ← w / β. */
  extend: "krylov extend",
} as const;

/** Variable: some of q₁ …, shape [size, rows, width]; zeros where none is yet. */
export const blockName = (block: number) => `krylov block ${block}`;
/** Placeholder of a function that stores: 1 at the place of the vector, 0 elsewhere; [size, 1, 1]. */
export const placeName = (block: number) => `krylov place ${block}`;

/** Names of the functions of a block. */
export const KRYLOV_FUNCTIONS = {
  /** Adds q_k at a place of the block. */
  store: (block: number) => `krylov store ${block}`,
  /** Block ← 0. */
  clear: (block: number) => `krylov clear ${block}`,
  /**
   * With Hq_k in the sums: w ← Hq_k less its part in the span of the blocks up to this one, twice; the
   * outputs `alphas` and `squares`, whose sums are q_kᵀHq_k and wᵀw.
   */
  multiply: (block: number) => `krylov multiply ${block}`,
} as const;

/**
 * Sizes of the blocks of a basis of up to so many vectors. Of blocks that double, no more than twice
 * what is needed is held and passed over, and a handful of functions does for all steps.
 */
export function blockSizes(most: number): number[] {
  const sizes: number[] = [];
  for (let held = 0; held < most;) {
    const size = Math.min(Math.max(FIRST_BLOCK, held), most - held);
    sizes.push(size);
    held += size;
  }
  return sizes;
}

/**
 * The functions of a basis.
 *
 * Inner products are sums of products of entries and no matrix products: those may be of fewer digits
 * on a device.
 *
 * @param values Of Hq_k, with the variable of q_k; `most` vectors.
 */
export function krylovProgram(
  { folding, vector, sums, factor, most }: ProductValues & { readonly most: number },
): Program {
  const row: readonly number[] = [1, ...folding.shape];
  const blocks = blockSizes(most).map((size, b) =>
    variable(blockName(b), [size, ...folding.shape])
  );
  const rest = variable(KRYLOV.rest, folding.shape);
  const product = scale(folding.fold(sums), factor);
  const ofBlocks = blocks.map((block, b): Program => {
    const place = placeholder(placeName(b), [block.shape[0]!, 1, 1]);
    const stored = add(block, mul(place, reshape(vector, row)));
    const used = blocks.slice(0, b + 1);
    const w = withoutParts(withoutParts(product, used), used);
    return {
      [KRYLOV_FUNCTIONS.store(b)]: {
        outputs: {},
        updates: [{ kind: "assign", variable: block, value: stored }],
      },
      [KRYLOV_FUNCTIONS.clear(b)]: {
        outputs: {},
        updates: [{ kind: "assign", variable: block, value: zeros(block.shape) }],
      },
      [KRYLOV_FUNCTIONS.multiply(b)]: {
        outputs: { alphas: sum(mul(product, vector), [1]), squares: sum(square(w), [1]) },
        updates: [{ kind: "assign", variable: rest, value: w }],
      },
    };
  });
  const extended = div(rest, placeholder(KRYLOV.norm, []));
  return Object.assign(
    {
      [KRYLOV.extend]: {
        outputs: {},
        updates: [{ kind: "assign", variable: vector, value: extended }],
      },
    },
    ...ofBlocks,
  );
}

/** w − Σ_b Q_bᵀ Q_b w. */
function withoutParts(w: Value, blocks: readonly Value[]): Value {
  const row = reshape(w, [1, ...w.shape]);
  return blocks.reduce((rest, block) => {
    const parts = sum(mul(block, row), [1, 2], true);
    return sub(rest, sum(mul(block, parts), [0]));
  }, w);
}
