import { sizeOf } from "../graph/shape.ts";
import type { Network } from "../networks/network.ts";
import type { Tensor } from "./measure.ts";

/** The tensors within the flat vector. */
export function groupsOf({ parameters }: Network): Tensor[] {
  return parameters.map(({ name, offset, shape }) => ({ name, offset, length: sizeOf(shape) }));
}
