/** The projection of H on a subspace as functions of a session. */
import { add } from "../graph/ops/add.ts";
import { placeholder, variable } from "../graph/ops/leaf.ts";
import { mul, scale } from "../graph/ops/mul.ts";
import { reshape } from "../graph/ops/reshape.ts";
import { square } from "../graph/ops/square.ts";
import { sub } from "../graph/ops/sub.ts";
import { sum } from "../graph/ops/sum.ts";
import type { Program } from "../graph/program.ts";
import type { Value } from "../graph/value.ts";
import type { ProductValues } from "./product_session.ts";

/** Most sums that an inner product comes out as: each is of some rows. */
const MOST_SUMS = 16;

/** Names of what a projection holds, is fed and does. */
export const PROJECTION = {
  /** Variable: v₁ … v_p, shape [p, rows, width]. */
  vectors: "projection vectors",
  /** Variable: Hv₁ …, the same; zeros where none is yet. */
  images: "projection images",
  /** Placeholder: 1 at j, 0 elsewhere; shape [p, 1, 1]. */
  place: "projection place",
  /** Placeholder: s, shape [p, 1, 1]. */
  coefficients: "projection coefficients",
  /** Placeholder: θ, a scalar. */
  theta: "projection theta",
  /** Function: v_j becomes the vector of the products. */
  choose: "projection choose",
  /** Function: with Hv_j in the sums, keeps it; the output `products` has sums of v_iᵀHv_j, [p, sums]. */
  keep: "projection keep",
  /** Function: the output `squares` has row sums of ‖HVs − θVs‖². */
  misfit: "projection misfit",
} as const;

/**
 * The functions of a projection.
 *
 * @param values Of Hv_j, with the variable of v_j; `count` is p.
 */
export function projectionProgram(
  { folding, vector, sums, factor, count }: ProductValues & { readonly count: number },
): Program {
  const [rows, width] = folding.shape;
  const [vectors, images] = [PROJECTION.vectors, PROJECTION.images].map((name) =>
    variable(name, [count, rows, width])
  ) as [Value, Value];
  const [place, coefficients] = [PROJECTION.place, PROJECTION.coefficients].map((name) =>
    placeholder(name, [count, 1, 1])
  ) as [Value, Value];
  const image = reshape(scale(folding.fold(sums), factor), [1, rows, width]);
  // Rows that do not divide come out as they are: there are few then.
  const most = rows % MOST_SUMS === 0 ? MOST_SUMS : rows;
  const products = sum(
    reshape(sum(mul(vectors, image), [2]), [count, most, rows / most]),
    [2],
  );
  const combined = (terms: Value) => sum(mul(terms, coefficients), [0]);
  const misfit = sub(combined(images), mul(combined(vectors), placeholder(PROJECTION.theta, [])));
  return {
    [PROJECTION.choose]: {
      outputs: {},
      updates: [{ kind: "assign", variable: vector, value: sum(mul(vectors, place), [0]) }],
    },
    [PROJECTION.keep]: {
      outputs: { products },
      updates: [{ kind: "assign", variable: images, value: add(images, mul(place, image)) }],
    },
    [PROJECTION.misfit]: { outputs: { squares: sum(square(misfit), [1]) } },
  };
}
