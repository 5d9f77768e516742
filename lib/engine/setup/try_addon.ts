/** Runs the trial of a freshly made addon in a child process. */
import { lastLines, SetupFailure } from "./failure.ts";
import type { System } from "./system.ts";

/**
 * Loads an addon in a child process and lets it multiply two matrices.
 *
 * @returns The version of TensorFlow that the library itself names.
 * @throws {SetupFailure} If it does not load, crashes, or computes wrongly.
 */
export async function tryAddon(system: System, addon: string): Promise<string> {
  const script = new URL("./addon_trial.ts", import.meta.url).href;
  const { code, output } = await system.run(
    Deno.execPath(),
    ["run", "--no-config", "--no-lock", "-A", script, addon],
    { env: { TF_CPP_MIN_LOG_LEVEL: "3", NO_COLOR: "1" }, limitSeconds: 300 },
  );
  const version = /^trial passed: (\S+)$/m.exec(output)?.[1];
  if (code === 0 && version !== undefined) return version;
  const error = output.split("\n").find((line) => line.includes("rror"));
  throw new SetupFailure({
    step: "load the compiled addon",
    why: error?.trim() ?? (lastLines(output) || `the trial ended with exit code ${code}`),
    mend:
      "TensorFlow needs glibc 2.27 and a CPU with AVX; `ldd` on the addon names what is missing",
  });
}
