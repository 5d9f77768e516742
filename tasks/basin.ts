/**
 * The command line of the pipeline: `deno task pipeline`, `deno task stage`, `deno task basin`.
 *
 * Only wiring: what a verb does is in `lib/pipeline/verbs/`, where tests can call it with a fake
 * terminal; this file knows flags, streams and signals. Each verb is loaded when it is called:
 * loading all of them would take longer than most of them run.
 */
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { fileURLToPath } from "node:url";
import { processTerminal } from "../lib/pipeline/display/process_terminal.ts";
import type { Terminal } from "../lib/pipeline/display/terminal.ts";
import { kebabCase } from "../lib/pipeline/verbs/flags.ts";
import type { StageCommand } from "../lib/pipeline/verbs/stage.ts";
import { EXIT, type VerbContext } from "../lib/pipeline/verbs/verb.ts";
import { addStoreVerbs } from "./store_verbs.ts";

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const terminal = await processTerminal();
  const interrupt = watchSignals(terminal);
  let exit: number = EXIT.ok;
  const program = await buildProgram(args, terminal, interrupt, (status) => exit = status);
  try {
    await program.parseAsync([...args], { from: "user" });
    return interrupt.signal.aborted ? EXIT.interrupted : exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    // The message says all; a stack would only bury it.
    const status = await statusOf(error);
    if (status === undefined) throw error;
    terminal.warn(`${(error as Error).message}\n`);
    return status;
  }
}

/**
 * Loads a module. Deno reads what a literal `import("…")` names, and all that it imports in turn,
 * before the program begins. For one verb that would be all verbs, the report and the engine.
 */
async function load<Module>(path: string): Promise<Module> {
  return await import(path);
}

/** The exit status of an error that is no fault of the program; `undefined` of one that is. */
async function statusOf(error: unknown): Promise<number | undefined> {
  const { StudyError } = await load<typeof import("../lib/pipeline/config/fault.ts")>(
    "../lib/pipeline/config/fault.ts",
  );
  const { BundleFileError } = await load<typeof import("../lib/pipeline/store/bundle.ts")>(
    "../lib/pipeline/store/bundle.ts",
  );
  const { DamagedObjectError } = await load<typeof import("../lib/pipeline/store/objects.ts")>(
    "../lib/pipeline/store/objects.ts",
  );
  if (error instanceof RangeError || error instanceof StudyError) return EXIT.usage;
  if (error instanceof DamagedObjectError || error instanceof BundleFileError) return EXIT.corrupt;
  const code = (error as { code?: unknown } | undefined)?.code;
  const isOfSystem = typeof code === "string" && /^E[A-Z]+$/.test(code); // a full disk, say
  return isOfSystem ? EXIT.failed : undefined;
}

interface Interrupt {
  readonly signal: AbortSignal;
  readonly kill: AbortSignal;
}

/** Options of `run`. */
interface RunFlags {
  readonly locked: boolean;
  readonly tolerance?: number;
  readonly failFast: boolean;
  readonly verbose: boolean;
}

/** Options that every verb takes, before or after its name. */
interface GlobalOptions {
  readonly file: string;
  readonly profile: string;
  readonly artifacts?: string;
  readonly jobs?: number;
  readonly engine?: string;
  readonly json?: boolean;
}

async function buildProgram(
  args: readonly string[],
  terminal: Terminal,
  interrupt: Interrupt,
  end: (exit: number) => void,
): Promise<Command> {
  const program = withGlobals(new Command("basin"), terminal)
    .description("Run a study in stages; only what changed runs again.")
    .addHelpText(
      "after",
      `
Examples:
  deno task pipeline                          run the study
  deno task pipeline --profile smoke -j 1     run its smallest version, one cell at a time
  deno task stage sharpness --eps 5e-4        one stage, at a value of your own
  deno task basin plan                        what would run, and why
  deno task basin why 'train[regime=LB]'      why these cells would run
  deno task basin measure --weights w.safetensors --network F1    how sharp is it?

Exit status: 0 all well, 1 a stage failed, 2 a mistake in the YAML or on the command line,
3 damage that is not repaired, 4 results that are not the accepted ones (--locked), 130 interrupted.`,
    );
  const context = (): Promise<VerbContext> => contextOf(program.opts(), terminal, interrupt);
  const verb = (name: string, description: string, example: string) =>
    program.command(name).description(description)
      .configureHelp({ showGlobalOptions: true })
      .addHelpText("after", `\nExample:\n  deno task basin ${example}`);

  verb("run", "Run everything that is not up to date", "run --profile smoke")
    .option("--locked", "exit with 4 if results are not those of pipeline.lock.json", false)
    .option(
      "--tolerance <share>",
      "with --locked: accept other bytes where no number moved by more, as on another processor",
      readShare,
    )
    .option("--fail-fast", "start nothing more once a cell has failed", false)
    .option("--verbose", "show all tables at the end, not the summary", false)
    .action(async ({ failFast, ...shown }: RunFlags) => {
      const { runVerb } = await load<typeof import("../lib/pipeline/verbs/run.ts")>(
        "../lib/pipeline/verbs/run.ts",
      );
      end(await runVerb(shown, { ...await context(), failFast }));
    });
  verb("stage", "Run one stage and what it needs", "stage sharpness --eps 5e-4 --trial 0")
    .argument("[name]", "a stage of the study")
    .argument("[flags...]", "its axes and parameters; see `stage <name> --help`")
    .helpOption(false)
    .allowUnknownOption()
    .action(async (name: string | undefined, _flags: string[], _options, command: Command) => {
      if (name === undefined || name === "--help" || name === "-h") command.help();
      // Unknown to the program are exactly the flags of the stage.
      const rest = command.args.slice(command.args.indexOf(name!) + 1);
      end(await runStage(name!, rest, terminal, await context()));
    });
  verb("plan", "Show what `run` would do, and why; changes nothing", "plan")
    .action(async () => {
      const { planVerb } = await load<typeof import("../lib/pipeline/verbs/plan.ts")>(
        "../lib/pipeline/verbs/plan.ts",
      );
      end(await planVerb(await context()));
    });
  verb("why", "Say why cells would run, or on what their results rest", "why 'train[regime=LB]'")
    .argument("<cell...>", "`stage`, `stage[axis=label,…]` or `stage axis=label …`")
    .action(async (cell: string[]) => {
      const { whyVerb } = await load<typeof import("../lib/pipeline/verbs/why.ts")>(
        "../lib/pipeline/verbs/why.ts",
      );
      end(await whyVerb(cell, await context()));
    });
  verb("status", "Show how far the study is, what runs, and what failed", "status")
    .action(async () => {
      const { statusVerb } = await load<typeof import("../lib/pipeline/verbs/status.ts")>(
        "../lib/pipeline/verbs/status.ts",
      );
      end(await statusVerb(await context()));
    });
  verb("show", "Show what cells were made of and what came out", "show ritz network=F1 trial=0")
    .argument("[cell...]", "one cell in full; several as a table")
    .option("--tidy <file>", "write the cells, or all of them, as one table: .csv or .parquet")
    .action(async (cell: string[], { tidy }: { tidy?: string }) => {
      const { showVerb } = await load<typeof import("../lib/pipeline/verbs/show.ts")>(
        "../lib/pipeline/verbs/show.ts",
      );
      end(await showVerb(cell, await context(), tidy));
    });
  verb("logs", "Show what a cell printed", "logs -f train network=F1 regime=LB trial=0")
    .argument("<cell...>", "the cell")
    .option("-f, --follow", "go on until its attempt ends", false)
    .action(async (cell: string[], options: { follow: boolean }) => {
      const { logsVerb } = await load<typeof import("../lib/pipeline/verbs/logs.ts")>(
        "../lib/pipeline/verbs/logs.ts",
      );
      end(await logsVerb(cell, options, await context()));
    });
  verb("graph", "Print the stages as a Mermaid flow chart, or as SVG", "graph --svg > study.svg")
    .option("--svg", "a picture", false)
    .action(async (options: { svg: boolean }) => {
      const { graphVerb } = await load<typeof import("../lib/pipeline/verbs/graph.ts")>(
        "../lib/pipeline/verbs/graph.ts",
      );
      end(await graphVerb(options, await context()));
    });
  verb("report", "Write the report of the results so far and say where it is", "report --open")
    .option("--open", "show it in the browser", false)
    .option("--all", "of every study that has results, and a page of them all", false)
    .action(async ({ open, all }: { open: boolean; all: boolean }) => {
      const { reportAllVerb, reportVerb } = await load<
        typeof import("../lib/pipeline/verbs/report.ts")
      >("../lib/pipeline/verbs/report.ts");
      const write = all ? reportAllVerb : reportVerb;
      end(await write(await context(), open ? openInBrowser : undefined));
    });
  addStoreVerbs({ verb, context, end, load });
  verb("check", "Check the study under every profile; runs nothing", "check")
    .option("--twice <cell>", "compute this cell twice instead, and compare the bytes")
    .option("--interrupt <cell>", "as --twice, but kill the second computation again and again")
    .action(async ({ twice, interrupt }: { twice?: string; interrupt?: string }) => {
      const cell = interrupt ?? twice;
      const how = interrupt === undefined ? "twice" : "interrupt";
      const { checkVerb } = await load<typeof import("../lib/pipeline/verbs/check.ts")>(
        "../lib/pipeline/verbs/check.ts",
      );
      const { checkCellVerb } = await load<typeof import("../lib/pipeline/verbs/check_cell.ts")>(
        "../lib/pipeline/verbs/check_cell.ts",
      );
      end(
        await (cell === undefined
          ? checkVerb(await context())
          : checkCellVerb(cell, how, await context())),
      );
    });
  const measure = verb(
    "measure",
    "Measure how sharp a minimum is, of a model in an ONNX file or of weights from anywhere",
    "measure model.onnx --data test.npz --report sharp.html",
  ).argument("[models...]", "ONNX files: one, or two to set side by side; before the flags")
    .action(async (models: string[], given: Record<string, string | string[]>) => {
      const { terminal, json, interrupt } = await context();
      const { measureOptions } = await load<typeof import("./measure/options.ts")>(
        "./measure/options.ts",
      );
      const options = measureOptions(given, kebabCase, models);
      const { measureVerb } = await load<typeof import("./measure/verb.ts")>("./measure/verb.ts");
      end(await measureVerb(options, { terminal, json, signal: interrupt.signal }));
    });
  if (args.includes(measure.name())) await addMeasureFlags(measure);
  return program;
}

async function addMeasureFlags(command: Command): Promise<void> {
  const { MEASURE_FLAGS } = await load<typeof import("./measure/options.ts")>(
    "./measure/options.ts",
  );
  for (const [name, { value, help }] of Object.entries(MEASURE_FLAGS)) {
    command.option(`--${kebabCase(name)} ${value}`, help);
  }
  command.allowExcessArguments(false).addHelpText(
    "after",
    `  deno task basin measure small.onnx large.onnx --data test.npz --measures sharpness,trace
  deno task basin measure --weights c1.safetensors --network C1 --data cifar-10 \\
      --measures sharpness,adaptive-box,eigenvalues --examples 5000
  deno task basin measure --weights mlp.safetensors --network mlp-norm:300,100 \\
      --map fc_in=dense1 --map fc_out=dense3 --batch-norm running --norm-epsilon 1e-5

Tensors of PyTorch are matched with layers kind by kind in the natural order of their names; the
mapping is printed, and --map overrules it. \`deno doc lib/mod.ts\` explains each measure.`,
  );
}

function withGlobals(command: Command, terminal: Terminal): Command {
  return command
    .option("--file <path>", "the study", "pipeline.yaml")
    .option("--profile <name>", "a profile of the study", "default")
    .option("--artifacts <folder>", "where results go (default: artifacts beside the study)")
    .option("-j, --jobs <cores>", "cores to use (default: all)", readJobs)
    .option(
      "--engine <name>",
      "tensorflow, wasm, webgpu, cpu, cuda, rocm, tpu or xla:PLUGIN (default: the best on the CPU)",
    )
    .option("--json", "write results as JSON to stdout")
    .showSuggestionAfterError(true)
    .configureOutput({ writeOut: terminal.write, writeErr: terminal.warn })
    .exitOverride();
}

/** A command of its own for one stage: its flags come from the study. */
async function runStage(
  name: string,
  args: readonly string[],
  terminal: Terminal,
  context: VerbContext,
): Promise<number> {
  const { openStage, stageVerb } = await load<typeof import("../lib/pipeline/verbs/stage.ts")>(
    "../lib/pipeline/verbs/stage.ts",
  );
  const opened = await openStage(name, context);
  const command = stageCommand(opened, terminal);
  command.parse([...args], { from: "user" });
  const given = new Map<string, string>();
  for (const { name } of opened.flags) {
    const text = command.getOptionValue(attributeOf(command, name));
    if (typeof text === "string") given.set(name, text);
  }
  return await stageVerb(opened, given, context);
}

function stageCommand({ stage, summary, flags }: StageCommand, terminal: Terminal): Command {
  const command = new Command(`basin stage ${stage.name}`)
    .description(stage.description ?? summary)
    .configureOutput({ writeOut: terminal.write, writeErr: terminal.warn })
    .showSuggestionAfterError(true)
    .allowExcessArguments(false)
    .exitOverride();
  for (const { name, help } of flags) {
    const kebab = kebabCase(name);
    const names = kebab === name ? `--${name}` : `--${kebab}, --${name}`;
    command.option(`${names} <value>`, help);
  }
  return command.addHelpText(
    "after",
    `
A value of the study chooses among its cells; any other makes ad-hoc cells, which leave the study
alone and are shown below artifacts/view/_adhoc. Axes take several values, as in --eps 1e-3,5e-4.
--file, --profile, --artifacts, --jobs, --engine and --json work as everywhere.`,
  );
}

/** The name under which commander keeps the value of a flag. */
function attributeOf(command: Command, name: string): string {
  const wanted = new Set([`--${name}`, `--${kebabCase(name)}`]);
  const option = command.options.find(({ long }) => long !== undefined && wanted.has(long));
  return option!.attributeName();
}

function readShare(text: string): number {
  const share = Number(text);
  if (text.trim() !== "" && share >= 0 && share < 1) return share;
  throw new InvalidArgumentError("Wanted a share from 0 to below 1, such as 1e-3.");
}

function readJobs(text: string): number {
  const jobs = Number(text);
  if (Number.isInteger(jobs) && jobs >= 1) return jobs;
  throw new InvalidArgumentError("Wanted a number of cores, 1 or more.");
}

async function contextOf(
  { file, profile, artifacts, jobs, engine, json = false }: GlobalOptions,
  terminal: Terminal,
  interrupt: Interrupt,
): Promise<VerbContext> {
  // The workers inherit it, and so do the keys of what they compute.
  if (engine !== undefined) Deno.env.set("BASIN_ENGINE", engine);
  const { settlePlugin } = await load<typeof import("../lib/engine/xla/plugin_location.ts")>(
    "../lib/engine/xla/plugin_location.ts",
  );
  settlePlugin();
  return {
    file,
    profile,
    artifacts,
    jobs,
    json,
    terminal,
    interrupt,
    project: fileURLToPath(new URL("..", import.meta.url)),
    worker: fileURLToPath(new URL("./worker.ts", import.meta.url)),
    // An interface has no index signature; spread, it is a plain map of facts.
    engine: async (threads) => ({
      ...(await load<typeof import("../lib/engine/description.ts")>("../lib/engine/description.ts"))
        .engineDescription(threads),
    }),
    // Loaded when there is a report to write: other verbs need none of it.
    report: async (workspace) =>
      (await load<typeof import("../lib/study/page/report_page.ts")>(
        "../lib/study/page/report_page.ts",
      )).writeReport(workspace),
    overview: async (workspaces) =>
      (await load<typeof import("../lib/study/page/report_overview.ts")>(
        "../lib/study/page/report_overview.ts",
      )).writeOverview(
        workspaces,
        (text) => terminal.warn(`${text}\n`),
      ),
  };
}

/** Shows a file with what the system opens pages with. */
async function openInBrowser(path: string): Promise<void> {
  const opener = { darwin: "open", windows: "explorer" }[Deno.build.os as string] ?? "xdg-open";
  const command = new Deno.Command(opener, { args: [path], stdout: "null", stderr: "null" });
  try {
    await command.output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new RangeError(`Cannot open ${path}: there is no ${opener}; open it by hand`);
  }
}

/** The first Ctrl-C ends the run in good order, the second one at once. */
function watchSignals(terminal: Terminal): Interrupt {
  const [first, second] = [new AbortController(), new AbortController()];
  const onSignal = () => {
    if (first.signal.aborted) second.abort();
    else {
      terminal.live?.clear();
      terminal.warn("\ninterrupted; ending the workers\n");
      first.abort();
    }
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, onSignal);
  }
  return { signal: first.signal, kill: second.signal };
}
