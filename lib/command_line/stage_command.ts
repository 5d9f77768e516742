/** `stage NAME`: a command whose flags come from the study. */
import { Command } from "commander";
import type { Terminal } from "../pipeline/display/terminal.ts";
import { kebabCase } from "../pipeline/verbs/flags.ts";
import type { StageCommand } from "../pipeline/verbs/stage.ts";
import type { StudyContext } from "../pipeline/verbs/verb.ts";
import { ensureData } from "./ensure_data.ts";
import { load } from "./load.ts";

/** Reads the flags of a stage, and runs it. */
export async function runStage(
  name: string,
  args: readonly string[],
  context: StudyContext,
): Promise<number> {
  const { findStage, stageVerb } = await load<typeof import("../pipeline/verbs/stage.ts")>(
    "../pipeline/verbs/stage.ts",
  );
  const found = findStage(name, context.workspace);
  const command = stageCommand(found, context.terminal);
  command.parse([...args], { from: "user" });
  const given = new Map<string, string>();
  for (const { name } of found.flags) {
    const text = command.getOptionValue(attributeOf(command, name));
    if (typeof text === "string") given.set(name, text);
  }
  await ensureData(context, Object.fromEntries(given));
  return await stageVerb(found, given, context);
}

function stageCommand({ stage, summary, flags }: StageCommand, terminal: Terminal): Command {
  const command = new Command(`basin stage ${stage.name}`)
    .description(stage.description ?? summary)
    .configureOutput({ writeOut: terminal.write, writeErr: terminal.warn })
    .showSuggestionAfterError(true)
    .showHelpAfterError(`\`basin stage ${stage.name} --help\` shows its flags`)
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
--file, --profile, --artifacts, --jobs, --engine, --executor, --detach and --json work as everywhere.`,
  );
}

/** The name under which commander keeps the value of a flag. */
function attributeOf(command: Command, name: string): string {
  const wanted = new Set([`--${name}`, `--${kebabCase(name)}`]);
  const option = command.options.find(({ long }) => long !== undefined && wanted.has(long));
  return option!.attributeName();
}
