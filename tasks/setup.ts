/**
 * `deno task setup`: installs the compute engine, once per user; a no-op ever after.
 *
 * The other tasks run it first. It exits with 0 whichever engine there is, and with 1 only where
 * the native one was asked for by name and cannot be had.
 */
import { SETUP_HELP, type SetupOptions, setupOptions } from "../lib/command_line/setup_options.ts";
import { load } from "../lib/command_line/load.ts";
import { type XlaChoice, xlaChoiceOf } from "../lib/engine/setup/choice.ts";
import { installXlaCpu } from "../lib/engine/setup/install_xla_cpu.ts";
import { installCuda } from "../lib/engine/setup/install_cuda.ts";
import { CUDA_RELEASES, type CudaMajor } from "../lib/engine/setup/cuda_release.ts";
import { cudaDriverVersion, cudaMajorOf } from "../lib/engine/xla/cuda_driver.ts";
import { locatePlugin } from "../lib/engine/xla/plugin_location.ts";
import { type Installation, installEngine } from "../lib/engine/setup/install.ts";
import { type SetupProgress, shownProgress } from "../lib/engine/setup/progress.ts";
import {
  kernelSettings,
  kernelSettingsNote,
  kernelSettingsText,
} from "../lib/engine/tensorflow/kernel_settings.ts";
import { describeInstallation } from "../lib/engine/setup/description.ts";

if (import.meta.main) Deno.exitCode = await main(Deno.args);

async function main(args: readonly string[]): Promise<number> {
  let options: SetupOptions;
  try {
    options = setupOptions(args);
  } catch (error) {
    write(Deno.stderr, `${(error as Error).message}\n\n${SETUP_HELP}`);
    return 2;
  }
  if (options.help) {
    write(Deno.stdout, SETUP_HELP);
    return 0;
  }
  const { engine, retry, json } = options;
  const output = json ? Deno.stderr : Deno.stdout;
  const isTerminal = output.isTerminal();
  const progress = shownProgress({
    write: (text) => write(output, text),
    isTerminal,
    colour: isTerminal && !Deno.env.get("NO_COLOR"),
    now: () => performance.now(),
  });
  const xla = xlaChoiceOf(engine);
  if (options.named && xla !== undefined) {
    try {
      const plugin = xla === "xla-cpu"
        ? await installXlaCpu({ progress })
        : await pluginOf(xla, options.cuda, progress);
      write(
        Deno.stdout,
        json ? JSON.stringify({ kind: "xla", plugin }) + "\n" : `engine: XLA (${plugin})\n`,
      );
      return 0;
    } catch (error) {
      write(Deno.stderr, `${(error as Error).message}\n`);
      return 2;
    }
  }
  const installation = await installEngine({ engine, retry, progress });
  const isPortable = installation.kind === "portable";
  try {
    if (options.tune) await tuneKernels(installation, progress);
    const kernels = isPortable ? undefined : kernelSettings(installation.digest);
    if (json) {
      const tuning = kernels && { tuning: kernels.tuning.name };
      write(Deno.stdout, JSON.stringify({ ...installation, ...tuning }) + "\n");
    } else if (!(options.quiet && !isPortable)) {
      const notes = kernels ? [kernelSettingsNote(kernels), kernelSettingsText(kernels)] : [];
      const lines = [describeInstallation(installation), ...notes].filter((line) => line !== "");
      write(output, lines.join("\n") + "\n");
    }
  } catch (error) {
    write(Deno.stderr, `${(error as Error).message}\n`);
    return error instanceof RangeError ? 2 : 1;
  }
  return engine === "tensorflow" && isPortable ? 1 : 0;
}

/** Loaded when it is asked for: a set-up that has nothing to do shall be quick. */
async function tuneKernels(installation: Installation, progress: SetupProgress): Promise<void> {
  if (installation.kind === "portable") {
    throw new RangeError(
      "Cannot use --tune: the native engine, whose kernels it chooses, is not there",
    );
  }
  const { tune } = await load<typeof import("../lib/tuning/tune.ts")>("../tuning/tune.ts");
  await tune(installation.digest, { progress });
}

/** The plugin for a device; CUDA's is installed if there is none, or a version is asked for. */
async function pluginOf(
  choice: XlaChoice,
  cuda: CudaMajor | undefined,
  progress: SetupProgress,
): Promise<string> {
  if (cuda !== undefined) return await installCuda(CUDA_RELEASES[cuda], { progress });
  if (choice !== "cuda") return locatePlugin(choice);
  const major = cudaMajorOf(cudaDriverVersion());
  try {
    return locatePlugin(choice);
  } catch {
    return await installCuda(CUDA_RELEASES[major], { progress });
  }
}

function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let start = 0; start < bytes.length;) start += stream.writeSync(bytes.subarray(start));
}
