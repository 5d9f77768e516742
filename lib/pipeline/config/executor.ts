/** Where a study's cells are computed: `executor` in the YAML. */
import { readDuration } from "./duration.ts";
import type { FaultList } from "./fault.ts";
import { entriesOf, fieldOf, itemsOf } from "./raw.ts";
import type { YamlPath } from "./source_text.ts";
import { didYouMean } from "./suggest.ts";

/** Ways to compute cells. */
export const EXECUTORS = ["local", "slurm"] as const;

/** The name of one of them. */
export type ExecutorName = (typeof EXECUTORS)[number];

/** What `sbatch` is told of the jobs of a stage. */
export interface SlurmPlace {
  readonly partition: string | undefined;
  readonly account: string | undefined;
  /** Seconds; the stage's `timeout` if left out. */
  readonly time: number | undefined;
  /** Further options of `sbatch`, as its manual has them. */
  readonly options: readonly string[];
}

/** What the study says of Slurm. */
export interface SlurmSettings extends SlurmPlace {
  /** Most jobs of one array that run at once. */
  readonly atOnce: number | undefined;
  /** Lines of shell that each job begins with. */
  readonly prepare: readonly string[];
  /** Stages that are told something else. */
  readonly stages: ReadonlyMap<string, SlurmPlace>;
}

/** What the study says of executors. */
export interface ExecutorSettings {
  /** The one that is used when the command line names none. */
  readonly use: ExecutorName;
  readonly slurm: SlurmSettings;
}

/** Options that Basin gives `sbatch` itself. */
const OWN = ["array", "error", "input", "job-name", "output", "parsable", "wait", "wrap"];

/** Options with which `sbatch` sends no job, or sends it where `squeue` does not look. */
const USELESS = ["clusters", "help", "test-only", "usage", "version"];

/**
 * Reads `executor` of the study.
 *
 * @param raw What stands under `executor`.
 * @param stages Names of all stages that the YAML has.
 */
export function readExecutor(
  raw: unknown,
  stages: readonly string[],
  faults: FaultList,
): ExecutorSettings {
  const slurm = fieldOf(raw, "slurm");
  const path = ["executor", "slurm"];
  const own = readPlace(slurm, path, faults);
  const places = entriesOf(fieldOf(slurm, "stages")).map(([name, place]) => {
    const at = [...path, "stages", name];
    if (!stages.includes(name)) {
      faults.add(
        faults.source.keyAt(at),
        `there is no stage \`${name}\`${didYouMean(name, stages)}`,
      );
    }
    const { partition, account, time, options } = readPlace(place, at, faults);
    return [name, {
      partition: partition ?? own.partition,
      account: account ?? own.account,
      time: time ?? own.time,
      options: [...own.options, ...options], // sbatch takes the last of two
    }] as const;
  });
  const atOnce = fieldOf(slurm, "atOnce");
  return {
    use: EXECUTORS.find((name) => name === fieldOf(raw, "use")) ?? "local",
    slurm: {
      ...own,
      atOnce: typeof atOnce === "number" ? atOnce : undefined,
      prepare: itemsOf(fieldOf(slurm, "prepare")).map(String),
      stages: new Map(places),
    },
  };
}

function readPlace(raw: unknown, path: YamlPath, faults: FaultList): SlurmPlace {
  const text = (key: string) => {
    const value = fieldOf(raw, key);
    return typeof value === "string" ? value : undefined;
  };
  const time = text("time"); // what is no text, the schema has found
  const seconds = time === undefined ? undefined : readDuration(time);
  if (time !== undefined && seconds === undefined) {
    const at = faults.source.valueAt([...path, "time"]);
    faults.add(at, `${JSON.stringify(time)} is no time; write for instance 90s, 30m, 6h or 2d`);
  }
  const options = itemsOf(fieldOf(raw, "options"));
  for (const [i, option] of options.entries()) {
    if (typeof option !== "string") continue;
    const at = faults.source.valueAt([...path, "options", i]);
    const name = /^--([a-z][a-z-]*)(=|$)/.exec(option)?.[1];
    if (name === undefined) {
      faults.add(at, `${JSON.stringify(option)} is no long option; write for instance --qos=low`);
      continue;
    }
    // `sbatch` takes beginnings of names too.
    const full = [...OWN, ...USELESS].find((each) => each.startsWith(name));
    if (full !== undefined) {
      const why = OWN.includes(full) ? "Basin sets it itself" : "no job would be found";
      faults.add(at, `--${name} cannot stand here, as ${why}; remove it`);
    }
  }
  return {
    partition: text("partition"),
    account: text("account"),
    time: seconds,
    options: options.map(String),
  };
}
