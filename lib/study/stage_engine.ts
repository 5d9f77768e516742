import type { Engine } from "../engine/engine.ts";
import { selectEngine } from "../engine/select.ts";
import type { StageContext } from "../pipeline/stage.ts";

/**
 * The engine of a stage, which says in the stage's log and beside its progress that it compiles: on
 * a GPU that may take minutes, in which the stage would seem to hang.
 */
export function stageEngine(
  { log, progress }: Pick<StageContext<unknown>, "log" | "progress">,
): Promise<Engine> {
  return selectEngine({
    note(line) {
      log(line);
      // A total of nothing: how far the stage is does not show until it says so again.
      progress({ done: 0, total: 0, note: line });
    },
  });
}
