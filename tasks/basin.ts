/**
 * The command line of the pipeline: `deno task pipeline`, `deno task stage`, `deno task basin`.
 *
 * Only wiring: `lib/command_line` knows flags, streams and signals, and what a verb does is in
 * `lib/pipeline/verbs/`, where tests can call it with a fake terminal. Each verb is loaded when it is
 * called: loading all of them would take longer than most of them run.
 */
import { Command, CommanderError } from "commander";
import { fileURLToPath } from "node:url";
import { statusOf } from "../lib/command_line/exit_status.ts";
import { systemErrorText } from "../lib/command_line/system_error.ts";
import { printable } from "../lib/pipeline/display/printable.ts";
import { contextOf, withGlobals } from "../lib/command_line/globals.ts";
import { type Interrupt, watchSignals } from "../lib/command_line/signals.ts";
import { addStoreVerbs } from "../lib/command_line/store_verbs.ts";
import { addStudyVerbs } from "../lib/command_line/study_verbs.ts";
import { processTerminal } from "../lib/pipeline/display/process_terminal.ts";
import type { Terminal } from "../lib/pipeline/display/terminal.ts";
import { kebabCase } from "../lib/pipeline/verbs/flags.ts";
import { EXIT, type VerbContext } from "../lib/pipeline/verbs/verb.ts";

const PROGRAMS = {
  project: fileURLToPath(new URL("..", import.meta.url)),
  worker: fileURLToPath(new URL("./worker.ts", import.meta.url)),
};

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
    terminal.warn(`${printable(systemErrorText(error) ?? (error as Error).message)}\n`);
    return status;
  }
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
  const context = (): Promise<VerbContext> =>
    contextOf(program.opts(), terminal, interrupt, PROGRAMS);
  const verb = (name: string, description: string, example: string) =>
    program.command(name).description(description)
      .configureHelp({ showGlobalOptions: true })
      .addHelpText("after", `\nExample:\n  deno task basin ${example}`);

  addStudyVerbs({ verb, context, end });
  addStoreVerbs({ verb, context, end });
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

/** As in `lib/command_line/load.ts`, by the path from this folder. */
async function load<Module>(path: string): Promise<Module> {
  return await import(path);
}
