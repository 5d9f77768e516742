/** Measures which kernels are the fastest here, and keeps the choice in the cache folder. */
import { cacheFolder } from "../engine/setup/cache_folder.ts";
import { type Surroundings, THIS_MACHINE } from "../engine/setup/location.ts";
import { type SetupProgress, SILENT } from "../engine/setup/progress.ts";
import { processorKind } from "../engine/tensorflow/cpu_info.ts";
import { instructionSet } from "../engine/tensorflow/instruction_set.ts";
import { KERNEL_VARIABLES, type Tuning } from "../engine/tensorflow/tuning.ts";
import { type TuningRecord, writeTuningRecord } from "../engine/tensorflow/tuning_record.ts";
import { type ContestResult, medianOf } from "./contest.ts";
import { type MeasureOptions, measureTuning } from "./measure_tuning.ts";

/** Where and how to tune; tests pass their own. */
export interface TuneOptions {
  readonly progress?: SetupProgress;
  readonly surroundings?: Pick<Surroundings, "env">;
  readonly measure?: Omit<MeasureOptions, "step">;
}

/** Variables that would win over whatever is chosen. */
const WINNING = [...KERNEL_VARIABLES, "BASIN_TUNING"];

/**
 * Measures, and keeps what was found.
 *
 * @param engine Digest of the installed engine.
 * @throws {RangeError} If a variable is set that would win over the choice, or there is no cache.
 * @throws {Error} If the defaults cannot be measured, or the record not be written.
 */
export async function tune(
  engine: string,
  { progress = SILENT, surroundings: { env } = THIS_MACHINE, measure = {} }: TuneOptions = {},
): Promise<TuningRecord> {
  const set = WINNING.filter((name) => env(name));
  if (set.length > 0) {
    throw new RangeError(
      `Cannot choose kernels while ${set.join(" and ")} is set, which would win over the choice; ` +
        "unset it",
    );
  }
  const cache = cacheFolder(env);
  if (cache === undefined) {
    throw new RangeError(
      "Cannot keep a choice of kernels: none of BASIN_CACHE, XDG_CACHE_HOME and HOME is set; " +
        "set BASIN_CACHE to a folder that you may write to",
    );
  }
  const result = await measureTuning(instructionSet(), {
    ...measure,
    step: (title, act) => progress.step(title, act),
  }).catch((cause: Error) => {
    throw new Error(
      `Cannot choose kernels: of those that are the best so far, ${cause.message}; the defaults ` +
        "stay in use. Try again when the machine has memory to spare",
      { cause },
    );
  });
  for (const { challenger, failure } of result.heats) {
    if (failure !== undefined) progress.note(`could not measure ${challenger.what}: ${failure}`);
  }
  const record = recordOf(result, { processor: processorKind(), engine });
  await writeTuningRecord(cache, record);
  return record;
}

function recordOf(
  { champion, heats }: ContestResult<Tuning>,
  place: Pick<TuningRecord, "processor" | "engine">,
): TuningRecord {
  const measured = heats.filter(({ ratios }) => ratios.length > 0);
  return {
    ...place,
    choice: champion.name,
    ratios: Object.fromEntries(
      measured.map(({ challenger, ratios }) => [challenger.name, medianOf(ratios)]),
    ),
  };
}
