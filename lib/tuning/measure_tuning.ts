/** Measures which kernels are the fastest on this processor. */
import { availableParallelism } from "node:os";
import { DEFAULTS, type Tuning, TUNINGS } from "../engine/tensorflow/tuning.ts";
import { contest, type ContestResult, type Heat, isDecided } from "./contest.ts";
import { roundRatio } from "./round_times.ts";
import { startTimed, type TimedProcess } from "./timed_process.ts";

/** Processes that run at once at the most: each takes a third of a gigabyte. */
const MOST_AT_ONCE = 4;

/** How to measure; tests pass their own. */
export interface MeasureOptions {
  /** Shows a heat, by its challenger. */
  readonly step?: <Result>(title: string, act: () => Promise<Result>) => Promise<Result>;
  /** URL of the module that times. */
  readonly program?: string;
  /** Processes of one choice that run at once. */
  readonly atOnce?: number;
  readonly candidates?: readonly Tuning[];
}

/**
 * Compares the choices of kernels that differ from the defaults on this processor.
 *
 * Both sides of a heat take turns, one process on each core, as cells fill a machine: processors
 * lower their clock where all cores have wide vectors to add. What counts is processor time, which
 * other work on the machine hardly changes.
 *
 * @param instructions The processor's instruction set.
 * @throws {Error} If the defaults themselves cannot be measured.
 */
export async function measureTuning(
  instructions: string,
  {
    step = (_title, act) => act(),
    program = new URL("./timed_functions.ts", import.meta.url).href,
    atOnce = Math.min(availableParallelism(), MOST_AT_ONCE),
    candidates = TUNINGS.filter(({ differs }) => differs(instructions)),
  }: MeasureOptions = {},
): Promise<ContestResult<Tuning>> {
  let side: { tuning: Tuning; processes: readonly TimedProcess[] } | undefined;
  const ended = (processes: readonly TimedProcess[]) =>
    Promise.all(processes.map((process) => process[Symbol.asyncDispose]()));
  const start = (tuning: Tuning) => startAll(program, tuning.name, atOnce, ended);
  const heat = async (challenger: Tuning, champion: Tuning): Promise<Heat> => {
    if (side?.tuning !== champion) {
      if (side) await ended(side.processes);
      side = undefined;
      side = { tuning: champion, processes: await start(champion) };
    }
    let processes: readonly TimedProcess[];
    try {
      processes = await start(challenger);
    } catch (error) {
      return { ratios: [], failure: (error as Error).message };
    }
    try {
      return await inTurns(processes, side.processes);
    } finally {
      await ended(processes);
    }
  };
  try {
    return await contest(
      DEFAULTS,
      candidates,
      (challenger, champion) =>
        step(`measure ${challenger.what}`, () => heat(challenger, champion)),
    );
  } finally {
    if (side) await ended((side as { processes: readonly TimedProcess[] }).processes);
  }
}

/** Rounds until the heat is decided. What goes wrong with the challenger is its failure. */
async function inTurns(
  challenger: readonly TimedProcess[],
  champion: readonly TimedProcess[],
): Promise<Heat> {
  const ratios: number[] = [];
  const round = (processes: readonly TimedProcess[]) =>
    Promise.all(processes.map((process) => process.round()));
  let failure: string | undefined;
  const attempt = () =>
    round(challenger).catch((error: Error) => {
      failure = error.message;
      return undefined;
    });
  while (!isDecided(ratios)) {
    // Who begins changes from round to round: the processor may grow warm.
    const early = ratios.length % 2 === 1 ? await attempt() : undefined;
    const times = await round(champion);
    const own = early ?? await attempt();
    if (own === undefined) return { ratios, failure: failure! };
    ratios.push(roundRatio(own, times));
  }
  return { ratios };
}

/** Starts processes of one choice; where one fails the others end. */
async function startAll(
  program: string,
  tuning: string,
  count: number,
  end: (processes: readonly TimedProcess[]) => Promise<unknown>,
): Promise<readonly TimedProcess[]> {
  const starts = await Promise.allSettled(
    Array.from({ length: count }, () => startTimed(program, tuning)),
  );
  const started = starts.flatMap((start) => start.status === "fulfilled" ? [start.value] : []);
  const failed = starts.find((start) => start.status === "rejected");
  if (failed === undefined) return started;
  await end(started);
  throw failed.reason;
}
