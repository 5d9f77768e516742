import { loadStage } from "../key/load_stage.ts";
import { createContext } from "./stage_context.ts";
import type { StageHooks, StageTask } from "./stage_task.ts";

/** Runs a stage in this thread, with this thread's rights. */
export async function runStage(task: StageTask, hooks: StageHooks): Promise<void> {
  const stage = await loadStage(task.module);
  await hooks.loaded();
  await stage.run(createContext(task, stage.parameters.parse(task.parameters), hooks));
}
