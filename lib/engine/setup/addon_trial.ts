/**
 * The trial of an addon, run as a script in a process of its own. A library may crash on this
 * machine (wrong C library, missing CPU features), and must not take set-up down with it.
 *
 * It multiplies two matrices and prints `trial passed: <version>`.
 */
import { createRequire } from "node:module";

/** The part of the addon's interface that the test calls. */
interface Addon {
  readonly "TF_Version": string;
  readonly TF_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  createTensor(shape: number[], dtype: number, values: Float32Array): number;
  executeOp(name: string, attributes: unknown[], inputs: number[], outputs: number): {
    readonly id: number;
  }[];
  tensorDataSync(id: number): Float32Array;
}

if (import.meta.main) {
  const addon: Addon = createRequire(import.meta.url)(Deno.args[0]!);
  const matrix = addon.createTensor([2, 2], addon.TF_FLOAT, Float32Array.of(1, 2, 3, 4));
  const [product] = addon.executeOp(
    "MatMul",
    [
      { name: "transpose_a", type: addon.TF_ATTR_BOOL, value: false },
      { name: "transpose_b", type: addon.TF_ATTR_BOOL, value: true },
      { name: "T", type: addon.TF_ATTR_TYPE, value: addon.TF_FLOAT },
    ],
    [matrix, matrix],
    1,
  );
  const values = addon.tensorDataSync(product!.id).join(" ");
  if (values !== "5 11 11 25") {
    throw new Error(`Cannot trust the addon: A Aᵀ came out as ${values}`);
  }
  Deno.stdout.writeSync(new TextEncoder().encode(`trial passed: ${addon.TF_Version}\n`));
}
