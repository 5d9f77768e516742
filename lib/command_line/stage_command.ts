/** `stage NAME`: a command whose flags come from the study. */
import { Command, Option } from "commander";
import type { Terminal } from "../pipeline/display/terminal.ts";
import { kebabCase, type StageFlag } from "../pipeline/verbs/flags.ts";
import type { StageCommand } from "../pipeline/verbs/stage.ts";
import { type StudyContext, UsageError } from "../pipeline/verbs/verb.ts";
import { ensureData } from "./ensure_data.ts";
import { load } from "./load.ts";

/**
 * Reads the flags of a stage, and runs it.
 *
 * @param taken Options of every verb, as `--profile`, which are no flags of a stage.
 */
export async function runStage(
  name: string,
  args: readonly string[],
  taken: readonly string[],
  context: StudyContext,
): Promise<number> {
  const { findStage, stageVerb } = await load<typeof import("../pipeline/verbs/stage.ts")>(
    "../pipeline/verbs/stage.ts",
  );
  const found = findStage(name, context.workspace);
  const given = new Map<string, string>();
  const take = ({ name, kind }: StageFlag, flag: string, text: string) => {
    if (given.has(name)) {
      const remedy = kind === "axis"
        ? `give its values at once, as in ${flag} a,b`
        : "give it once";
      throw new UsageError(`Cannot use ${flag} twice: ${remedy}`);
    }
    given.set(name, text);
  };
  const command = stageCommand(found, taken, take, context.terminal);
  command.parse([...args], { from: "user" });
  await ensureData(context, Object.fromEntries(given));
  return await stageVerb(found, given, context);
}

function stageCommand(
  { stage, summary, flags }: StageCommand,
  taken: readonly string[],
  take: (flag: StageFlag, name: string, text: string) => void,
  terminal: Terminal,
): Command {
  const command = new Command(`basin stage ${stage.name}`)
    .description(stage.description ?? summary)
    .configureOutput({ writeOut: terminal.write, writeErr: terminal.warn })
    .showSuggestionAfterError(true)
    .showHelpAfterError(`\`basin stage ${stage.name} --help\` shows its flags`)
    .allowExcessArguments(false)
    .exitOverride();
  const without: string[] = [];
  for (const flag of flags) {
    const names = flagNames(flag.name, flags, [...taken, "--help"]);
    if (names.length === 0) {
      without.push(flag.name);
      continue;
    }
    const option = new Option(`${names.join(", ")} <value>`, flag.help);
    command.addOption(option.argParser((text: string) => take(flag, names[0]!, text)));
  }
  const note = without.length === 0
    ? ""
    : `\nNo flag is for ${without.join(", ")}, for every verb has options of these names.`;
  return command.addHelpText(
    "after",
    `
A value of the study chooses among its cells; any other makes ad-hoc cells, which leave the study
alone and are shown below artifacts/view/_adhoc. Axes take several values, as in --eps 1e-3,5e-4.
--file, --profile, --artifacts, --jobs, --engine, --executor, --detach and --json work as everywhere.${note}`,
  );
}

/** What people type for a name: itself, and the same with hyphens where that is nothing else. */
function flagNames(
  name: string,
  flags: readonly StageFlag[],
  taken: readonly string[],
): string[] {
  const kebab = kebabCase(name);
  const isAmbiguous = flags.some((other) => other.name !== name && kebabCase(other.name) === kebab);
  return [...new Set(isAmbiguous ? [name] : [kebab, name])].map((each) => `--${each}`)
    .filter((flag) => !taken.includes(flag));
}
