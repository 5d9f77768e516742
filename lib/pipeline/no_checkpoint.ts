import type { Checkpoint } from "./stage.ts";

/** For stages that are run by hand, outside a pipeline: nothing is kept. */
export const NO_CHECKPOINT: Checkpoint = {
  load: () => undefined,
  isDue: () => false,
  save: () => {},
};
