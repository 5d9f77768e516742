/** Which engine the user asks for, if any. */

/** The engines that can be asked for by name. */
export type EngineChoice = "tensorflow" | "portable";

/**
 * The engine that `BASIN_ENGINE` asks for, or `undefined` if the best available one is meant.
 *
 * @example
 * ```ts
 * import { requestedEngine } from "./choice.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(requestedEngine(() => "portable"), "portable");
 * assert.equal(requestedEngine(() => undefined), undefined);
 * ```
 *
 * @throws {RangeError} If the variable is set to something else.
 */
export function requestedEngine(
  env: (name: string) => string | undefined = (name) => Deno.env.get(name),
): EngineChoice | undefined {
  const value = env("BASIN_ENGINE");
  if (value === undefined || value === "") return undefined;
  if (value === "tensorflow" || value === "portable") return value;
  throw new RangeError(
    `Cannot choose the engine BASIN_ENGINE=${value}; set it to tensorflow or portable, or unset it`,
  );
}
