import type { Checkpoint } from "../stage.ts";
import { newestCheckpoint, writeCheckpoint } from "../store/checkpoints.ts";
import { type StageTask, STOPPED_ERROR } from "./stage_task.ts";
import { stopFlag } from "./stop_flag.ts";

/** Saving may take this share of a stage's time; where it is slow, it happens less often. */
const LARGEST_SHARE = 0.05;

/**
 * The checkpoint of a stage that runs for real.
 *
 * @param ports `now` in milliseconds; `log` is told what was loaded, or could not be saved.
 */
export function openCheckpoint(
  { checkpoints: folder, checkpointSeconds, stop }: Pick<
    StageTask,
    "checkpoints" | "checkpointSeconds" | "stop"
  >,
  { log, now }: { log: (line: string) => void; now: () => number },
): Checkpoint {
  const flag = stopFlag(stop);
  let due = now() + 1000 * checkpointSeconds;
  return {
    load() {
      const { state, name, damaged } = newestCheckpoint(folder);
      for (const each of damaged) log(`the checkpoint ${each} is damaged; passing it over`);
      if (state) log(`going on from the checkpoint ${name}`);
      return state;
    },
    isDue() {
      flag.heed();
      return flag.isRaised || now() >= due;
    },
    save(state) {
      const started = now();
      try {
        writeCheckpoint(folder, state);
      } catch (error) {
        // Checkpoints only save work: a full disk, say, is no reason to throw the computation away.
        log(`cannot save a checkpoint: ${(error as Error).message}`);
      }
      const cost = now() - started;
      due = now() + Math.max(1000 * checkpointSeconds, cost / LARGEST_SHARE);
      if (!flag.isRaised) return;
      const stopped = new Error("The run was stopped; the next one goes on from here");
      stopped.name = STOPPED_ERROR;
      throw stopped;
    },
  };
}
