/** The jobs of a cluster that were sent for cells without a result. */
import { readPointer } from "../batch/task_folder.ts";
import type { TaskState } from "../batch/batch_system.ts";
import type { Workspace } from "../run/workspace.ts";
import { loadSlurm } from "./chosen_executor.ts";

/** Jobs by the key of their cell, and what kept the cluster from answering. */
export interface ClusterJobs {
  readonly jobs: ReadonlyMap<string, TaskState & { readonly title: string }>;
  readonly trouble?: string;
}

/**
 * Asks the cluster for the jobs of keys, once, and only if any was sent there.
 *
 * @returns Jobs that wait or run; those that ended have left what came of them in the store.
 */
export async function clusterJobs(
  { layout, study }: Workspace,
  keys: readonly string[],
): Promise<ClusterJobs> {
  const pointers = keys.map((key) => ({ key, pointer: readPointer(layout, key) }))
    .filter(({ pointer }) => pointer !== undefined);
  if (pointers.length === 0) return { jobs: new Map() };
  const { slurm } = await loadSlurm();
  const system = slurm(study.executor.slurm);
  try {
    const states = new Map(
      (await system.poll()).filter(({ phase }) => phase !== "ended")
        .map((state) => [`${state.name}/${state.index}`, { ...state, title: system.title }]),
    );
    const found = pointers.map(({ key, pointer }) =>
      [key, states.get(`${pointer!.name}/${pointer!.index}`)] as const
    );
    return { jobs: new Map(found.filter((each) => each[1] !== undefined) as never) };
  } catch (error) {
    return { jobs: new Map(), trouble: (error as Error).message };
  }
}
