/** The jobs of a cluster that were sent for cells without a result. */
import { pointersIn } from "../batch/task_folder.ts";
import type { TaskState } from "../batch/batch_system.ts";
import type { Workspace } from "../run/workspace.ts";
import { loadSlurm } from "./chosen_executor.ts";

/** A job, and what its cluster is called. */
export type ClusterJob = TaskState & { readonly title: string };

/** Jobs by the key of their cell, and what kept the cluster from answering. */
export interface ClusterJobs {
  readonly jobs: ReadonlyMap<string, ClusterJob>;
  /** Jobs of this store that are for other keys. */
  readonly others: readonly ClusterJob[];
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
  const pointers = pointersIn(layout);
  if (pointers.length === 0) return { jobs: new Map(), others: [] };
  const { slurm } = await loadSlurm();
  const system = slurm(study.executor.slurm);
  const jobs = new Map<string, ClusterJob>();
  const others: ClusterJob[] = [];
  try {
    const states = new Map(
      (await system.poll()).filter(({ phase }) => phase !== "ended")
        .map((state) => [`${state.name}/${state.index}`, { ...state, title: system.title }]),
    );
    for (const { key, pointer: { name, index } } of pointers) {
      const state = states.get(`${name}/${index}`);
      if (!state) continue;
      if (keys.includes(key)) jobs.set(key, state);
      else others.push(state);
    }
    return { jobs, others };
  } catch (error) {
    // Where no cell of the study was sent it is no trouble: this may be another machine.
    const isWanted = pointers.some(({ key }) => keys.includes(key));
    return { jobs, others, ...(isWanted && { trouble: (error as Error).message }) };
  }
}
