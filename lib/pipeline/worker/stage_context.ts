import { join } from "node:path";
import { didYouMean } from "../config/suggest.ts";
import type { StageContext } from "../stage.ts";
import { openCheckpoint } from "./checkpoint.ts";
import type { StageHooks, StageTask } from "./stage_task.ts";

/** Progress is passed on at most this often, so that a stage may call it in its innermost loop. */
const PROGRESS_MILLISECONDS = 100;

/** The context of a stage that runs for real. */
export function createContext<Parameters>(
  task: StageTask,
  parameters: Parameters,
  { progress, diverged }: Pick<StageHooks, "progress" | "diverged">,
): StageContext<Parameters> {
  let reported = -Infinity;
  const artifactsOf = (name: string) => find(task.inputs, name, "input").artifacts;
  const log = (line: string) => void Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
  return {
    parameters,
    checkpoint: openCheckpoint(task, { log, now: () => performance.now() }),
    cell: task.labels,
    input(name) {
      if (find(task.inputs, name, "input").collected) {
        throw new TypeError(
          `Cannot read the input \`${name}\` as one artifact: it is a collection; use inputs()`,
        );
      }
      return artifactsOf(name)[0]!;
    },
    hasInput: (name) => task.inputs.some((input) => input.name === name),
    inputs: artifactsOf,
    output: (name) => join(task.work, find(task.outputs, name, "output").path),
    progress(update) {
      const now = performance.now();
      if (now - reported < PROGRESS_MILLISECONDS && update.done < update.total) return;
      reported = now;
      progress(update);
    },
    log,
    diverged,
  };
}

function find<Declared extends { readonly name: string }>(
  declared: readonly Declared[],
  name: string,
  what: string,
): Declared {
  const found = declared.find((each) => each.name === name);
  if (found) return found;
  const hint = didYouMean(name, declared.map(({ name }) => name));
  throw new TypeError(`Cannot open the ${what} \`${name}\`: the YAML declares none${hint}`);
}
