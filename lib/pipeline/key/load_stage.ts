import { pathToFileURL } from "node:url";
import type { Stage } from "../stage.ts";

/**
 * Loads the stage that a module exports as its default.
 *
 * @param module Absolute path.
 * @throws {TypeError} If the module has no such export.
 */
export async function loadStage(module: string): Promise<Stage> {
  const { default: stage } = await import(pathToFileURL(module).href);
  const isStage = typeof stage?.run === "function" &&
    typeof stage?.parameters?.parse === "function";
  if (isStage) return stage;
  throw new TypeError(
    "Cannot use the module as a stage: its default export is none; " +
      "write `export default defineStage({ … })`",
  );
}
