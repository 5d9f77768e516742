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
import { failureTerminal, failureText } from "../lib/command_line/json_failure.ts";
import { systemErrorText } from "../lib/command_line/system_error.ts";
import { contextOf, type GlobalOptions, withGlobals } from "../lib/command_line/globals.ts";
import { addMeasureFlags, addMeasureVerb } from "../lib/command_line/measure_command.ts";
import { withProfiles, withStudy } from "../lib/command_line/open_study.ts";
import { printable } from "../lib/pipeline/display/printable.ts";
import { refuseRepeats } from "../lib/command_line/unread_options.ts";
import { type Interrupt, watchSignals } from "../lib/command_line/signals.ts";
import { addStoreVerbs } from "../lib/command_line/store_verbs.ts";
import { addStudyVerbs } from "../lib/command_line/study_verbs.ts";
import type { VerbSetup } from "../lib/command_line/verb_setup.ts";
import { processTerminal } from "../lib/pipeline/display/process_terminal.ts";
import type { Terminal } from "../lib/pipeline/display/terminal.ts";
import { EXIT, type VerbContext } from "../lib/pipeline/verbs/verb.ts";

const PROJECT = fileURLToPath(new URL("..", import.meta.url));
const PROGRAMS = {
  worker: fileURLToPath(new URL("./worker.ts", import.meta.url)),
  batchTask: fileURLToPath(new URL("./batch_task.ts", import.meta.url)),
};

const SETUP = fileURLToPath(new URL("./setup.ts", import.meta.url));

/** The first word of a task that needs the compute engine; no option, for no person types it. */
const WITH_ENGINE = "--with-engine";

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(given: readonly string[]): Promise<number> {
  const args = given[0] === WITH_ENGINE ? given.slice(1) : given;
  const terminal = failureTerminal(await processTerminal(), args.includes("--json"));
  const interrupt = watchSignals(terminal);
  let exit: number = EXIT.ok;
  try {
    if (args.length < given.length) {
      const { ensureEngine } = await import("../lib/command_line/engine_setup.ts");
      const status = await ensureEngine(SETUP);
      if (status !== 0) return status;
    }
    const program = await buildProgram(args, terminal, interrupt, (status) => exit = status);
    await program.parseAsync([...args], { from: "user" });
    return interrupt.isRaised ? EXIT.interrupted : exit;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.ok;
      terminal.fail({ error: failureText(error), exit: EXIT.usage });
      return EXIT.usage;
    }
    // The message says all; a stack would only bury it.
    const status = await statusOf(error);
    if (status === undefined) throw error;
    const text = systemErrorText(error) ?? (error as Error).message;
    terminal.warn(`${printable(text)}\n`);
    terminal.fail({ error: text, exit: status });
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
    .hook("preAction", (_, verb) => refuseRepeats(verb, args))
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
  const options = () => program.opts<GlobalOptions>();
  const context = (foreseen?: boolean): Promise<VerbContext> =>
    contextOf(options(), terminal, interrupt, PROGRAMS, foreseen);
  const verb = (name: string, description: string, example: string) =>
    program.command(name).description(description)
      .configureHelp({ showGlobalOptions: true })
      .addHelpText("after", `\nExample:\n  deno task basin ${example}`);

  const setup: VerbSetup = {
    verb,
    context: () => context(),
    study: async (how) => await withStudy(await context(how?.foreseen), options(), PROJECT, how),
    profiles: async () => await withProfiles(await context(), options(), PROJECT),
    end,
  };
  addStudyVerbs(setup);
  addStoreVerbs(setup);
  const measure = addMeasureVerb(setup);
  if (args.includes(measure.name())) await addMeasureFlags(measure);
  return program;
}
