/** The options that every verb takes, and what they make of a verb's context. */
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import type { Terminal } from "../pipeline/display/terminal.ts";
import { type ExecutorName, EXECUTORS } from "../pipeline/config/executor.ts";
import { UsageError, type VerbContext } from "../pipeline/verbs/verb.ts";
import type { AbsentAccelerator } from "../engine/xla/absent_accelerator.ts";
import { load } from "./load.ts";
import type { Interrupt } from "./signals.ts";
import { refuseUnread } from "./unread_options.ts";
import { readJobs, readName } from "./values.ts";

/** Options that every verb takes, before or after its name. */
export interface GlobalOptions {
  readonly file: string;
  readonly profile: string;
  readonly artifacts?: string;
  readonly jobs?: number;
  readonly engine?: string;
  readonly json?: boolean;
  readonly executor?: ExecutorName;
  readonly detach?: boolean;
}

/** What `--engine` takes. */
const ENGINES = "tensorflow, wasm, webgpu, cpu, cuda, rocm, tpu or xla:PLUGIN";

/** What this program starts: modules, by their absolute paths. */
export type Programs = Pick<VerbContext, "worker" | "batchTask">;

/** The accelerator that is asked for by name and is not there. */
export async function absentAccelerator(): Promise<AbsentAccelerator | undefined> {
  return (await load<typeof import("../engine/xla/absent_accelerator.ts")>(
    "../engine/xla/absent_accelerator.ts",
  )).absentAccelerator();
}

/** Gives a command the options. */
export function withGlobals(command: Command, terminal: Terminal): Command {
  return command
    .option("--file <path>", "the study", readName, "pipeline.yaml")
    .option("--profile <name>", "a profile of the study", readName, "default")
    .option(
      "--artifacts <folder>",
      "where results go (default: artifacts beside the study)",
      readName,
    )
    .option("-j, --jobs <cores>", "cores to use (default: all)", readJobs)
    .option(
      "--engine <name>",
      `${ENGINES} (default: the best on the CPU)`,
      readName,
    )
    .addOption(
      new Option("--executor <name>", "where cells are computed (default: as the study says)")
        .choices(EXECUTORS),
    )
    .option("--detach", "with --executor slurm: Ctrl-C leaves the jobs as they are")
    .option("--json", "write results, or the error, as JSON to stdout; not of `graph` and `logs`")
    .hook("preAction", (program, verb) =>
      refuseUnread(
        verb.name(),
        program.opts<GlobalOptions>(),
        (name) => program.getOptionValueSource(name) === "cli",
      ))
    .showSuggestionAfterError(true)
    .showHelpAfterError("`--help` after a verb shows what it takes, with an example")
    .configureOutput({ writeOut: terminal.write, writeErr: terminal.warn })
    .exitOverride();
}

/**
 * The surroundings of a verb, before any study is opened.
 *
 * @param foreseen Whether an accelerator that is asked for by name need not be there; if it is not,
 *   says so.
 */
export async function contextOf(
  { jobs, engine, json = false, executor, detach }: GlobalOptions,
  terminal: Terminal,
  interrupt: Interrupt,
  programs: Programs,
  foreseen = false,
): Promise<VerbContext> {
  if (engine !== undefined) await chooseEngine(engine);
  // As the shell means it: a study takes paths from its own folder.
  const dataDir = Deno.env.get("BASIN_DATA_DIR");
  if (dataDir) Deno.env.set("BASIN_DATA_DIR", resolve(dataDir));
  const { settlePlugin } = await load<typeof import("../engine/xla/plugin_location.ts")>(
    "../engine/xla/plugin_location.ts",
  );
  const absent = foreseen ? await absentAccelerator() : undefined;
  if (absent) terminal.warn(`Foreseen without the device. ${absent.why}\n`);
  else settlePlugin();
  const { settleKernels } = await load<typeof import("../engine/settle_kernels.ts")>(
    "../engine/settle_kernels.ts",
  );
  const kernels = settleKernels();
  if (kernels.note !== "") terminal.warn(`${kernels.note}\n`);
  return {
    jobs,
    json,
    terminal,
    interrupt,
    executor,
    detach,
    kernels: kernels.text,
    ...programs,
    // Loaded when there is a report to write: other verbs need none of it.
    report: async (workspace) =>
      (await load<typeof import("../study/page/report_page.ts")>(
        "../study/page/report_page.ts",
      )).writeReport(workspace),
    overview: async (workspaces) =>
      (await load<typeof import("../study/page/report_overview.ts")>(
        "../study/page/report_overview.ts",
      )).writeOverview(
        workspaces,
        (text) => terminal.warn(`${text}\n`),
      ),
  };
}

/** The workers inherit the choice, and so do the keys of what they compute. */
async function chooseEngine(name: string): Promise<void> {
  const { requestedEngine } = await load<typeof import("../engine/setup/choice.ts")>(
    "../engine/setup/choice.ts",
  );
  try {
    requestedEngine(() => name);
  } catch (cause) { // it tells of the variable, which nobody has set
    throw new UsageError(`Cannot use --engine ${name}; give ${ENGINES}`, { cause });
  }
  Deno.env.set("BASIN_ENGINE", name);
}
