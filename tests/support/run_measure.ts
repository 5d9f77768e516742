import { kebabCase } from "../../lib/pipeline/verbs/flags.ts";
import { measureOptions } from "../../lib/own_model/options.ts";
import { measureVerb } from "../../lib/own_model/verb.ts";

/** Runs `basin measure` on models with flags, and returns what it printed. */
export async function runMeasure(
  models: readonly string[],
  flags: Readonly<Record<string, string | string[]>>,
  { json = false, signal = new AbortController().signal } = {},
): Promise<{ exit: number; stdout: string; stderr: string }> {
  let stdout = "";
  let stderr = "";
  const terminal = {
    write: (text: string) => void (stdout += text),
    warn: (text: string) => void (stderr += text),
    colour: false,
    columns: 80,
  };
  const options = measureOptions({ ...flags }, kebabCase, models);
  const exit = await measureVerb(options, { terminal, json, signal });
  return { exit, stdout, stderr };
}
