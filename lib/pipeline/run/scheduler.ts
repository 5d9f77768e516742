/** Runs cells in the order of their needs, as many at once as the machine takes. */
import { type Cell, upstreamOf } from "../plan/cell.ts";
import type { ResultRecord } from "../store/record.ts";
import type { Listener } from "../events.ts";
import type { Outcome } from "./executor.ts";
import type { Inspection } from "./inspect.ts";

type Failure = Extract<Outcome, { kind: "failed" }>;

/** A cell that has to run. */
export type ToRun = Extract<Inspection, { kind: "run" }>;

/** What the scheduler asks of the world; tests pass fakes. */
export interface SchedulerPorts {
  inspect(cell: Cell, resultOf: (cell: Cell) => ResultRecord | undefined): Inspection;
  reasons(cell: Cell, run: ToRun): string[];
  /** Seconds that a cell will take, judged by earlier runs. */
  expectedSeconds(cell: Cell): number | undefined;
  execute(cell: Cell, run: ToRun): Promise<Outcome>;
  /** Resolves when the run that computes the cell has come to an end. */
  freed(run: ToRun): Promise<void>;
  /** Takes a record out of the index, and damaged objects out of the store. */
  discard(key: string, digests: readonly string[]): void;
}

/** How much may run at once. */
export interface Limits {
  /** Cores. A cell that wants more than there are runs alone. */
  readonly cpus: number;
  /** Bytes of memory. */
  readonly memory: number;
  readonly gpus: number;
}

/** What came of a run. */
export interface Summary {
  readonly results: ReadonlyMap<Cell, ResultRecord>;
  /** Cells that were computed here, in the order in which they finished. */
  readonly ran: readonly Cell[];
  readonly failed: readonly Cell[];
  readonly blocked: readonly Cell[];
  /** Cells whose turn did not come: the run was interrupted, or ended at its first failure. */
  readonly notStarted: readonly Cell[];
  /** Cells whose published result was damaged and could not be made again. */
  readonly unrepaired: readonly Cell[];
  readonly isInterrupted: boolean;
}

type Phase = "waiting" | "ready" | "running" | "done" | "failed" | "blocked";

/** Damage that comes back so often is no accident. */
const REPAIR_LIMIT = 3;

/**
 * Runs cells until all have results, have failed, or are blocked by one that failed.
 *
 * @param cells Each after all that it reads from.
 * @param signal Stops starting cells; those that run are up to `execute`.
 * @param failFast Starts nothing more once a cell has failed.
 * @param repair Whether damaged results are thrown out and made again; if not, their cells fail.
 */
export async function schedule(
  cells: readonly Cell[],
  ports: SchedulerPorts,
  limits: Limits,
  { emit, signal, failFast = false, repair: mayRepair = true }: {
    readonly emit: Listener;
    readonly signal: AbortSignal;
    readonly failFast?: boolean;
    readonly repair?: boolean;
  },
): Promise<Summary> {
  const phases = new Map<Cell, Phase>(cells.map((cell) => [cell, "waiting"]));
  const results = new Map<Cell, ResultRecord>();
  const pending = new Map<Cell, ToRun>();
  const running = new Map<Cell, Promise<void>>();
  const repairs = new Map<Cell, number>();
  const retries = new Map<Cell, number>();
  const unrepaired: Cell[] = [];
  const ran: Cell[] = [];
  const used = { cpus: 0, memory: 0, gpus: 0 };
  const resultOf = (cell: Cell) => results.get(cell);
  const phase = (cell: Cell) => phases.get(cell);
  const needs = new Map(cells.map((cell) => [cell, upstreamOf(cell)]));
  const isHalted = () => failFast && cells.some((cell) => phase(cell) === "failed");
  const isOpen = (cell: Cell) => needs.get(cell)!.some((each) => phase(each) !== "done");

  const settle = (cell: Cell, record: ResultRecord) => {
    const before = results.get(cell);
    results.set(cell, record);
    phases.set(cell, "done");
    // A repaired cell that gave other bytes: what was read from the old ones no longer holds.
    if (before && !sameOutputs(before, record)) rewind(cell);
  };
  const rewind = (changed: Cell) => {
    for (const cell of cells) {
      if (phase(cell) !== "done" || !needs.get(cell)!.includes(changed)) continue;
      phases.set(cell, "waiting");
      rewind(cell);
    }
  };
  const fail = (cell: Cell, { reason, log, tail }: Omit<Failure, "kind" | "cause">) => {
    phases.set(cell, "failed");
    emit({ type: "failed", cell, reason, log, tail });
  };
  /** Tries again what was not the stage's own fault. @returns Whether it does. */
  const retry = (cell: Cell, { cause, reason }: Failure): boolean => {
    const tried = retries.get(cell) ?? 0;
    if (cause === "stage" || tried >= cell.stage.retries) return false;
    retries.set(cell, tried + 1);
    phases.set(cell, "waiting");
    emit({ type: "retried", cell, reason, left: cell.stage.retries - tried - 1 });
    return true;
  };
  const advance = () => {
    for (const cell of cells) {
      if (phase(cell) !== "waiting") continue;
      const by = needs.get(cell)!.find((each) => ["failed", "blocked"].includes(phase(each)!));
      if (by) {
        phases.set(cell, "blocked");
        emit({ type: "blocked", cell, by });
        continue;
      }
      if (isOpen(cell)) continue;
      const inspection = ports.inspect(cell, resultOf);
      if (inspection.kind === "hit") {
        settle(cell, inspection.record);
        emit({ type: "hit", cell, record: inspection.record });
      } else if (inspection.kind === "run") {
        if (inspection.damage) {
          const { text, objects } = inspection.damage;
          if (!mayRepair) {
            leave([cell], cell, text);
            continue;
          }
          ports.discard(inspection.key, objects);
          noteRepair([cell], text);
        }
        pending.set(cell, inspection);
        phases.set(cell, "ready");
      }
    }
  };
  /** Leaves damage as it is: the consumer fails for it. */
  const leave = (producers: readonly Cell[], consumer: Cell, damage: string) => {
    unrepaired.push(...producers);
    const reason = `${damage}; left as it is, for repairs are switched off`;
    fail(consumer, { reason, log: undefined, tail: [] });
  };
  const noteRepair = (producers: readonly Cell[], damage: string) => {
    for (const cell of producers) repairs.set(cell, (repairs.get(cell) ?? 0) + 1);
    emit({ type: "repaired", cells: producers, damage });
  };
  const repair = (consumer: Cell, digests: readonly string[]) => {
    phases.set(consumer, "waiting");
    const holds = (cell: Cell) =>
      Object.values(results.get(cell)?.outputs ?? {}).some(({ digest }) =>
        digests.includes(digest)
      );
    // One that is not done any more is being repaired already, for another consumer.
    const producers = needs.get(consumer)!.filter((cell) => phase(cell) === "done" && holds(cell));
    if (!mayRepair) {
      return leave(producers, consumer, `Its inputs are damaged: ${digests.join(", ")}`);
    }
    if (producers.some((cell) => (repairs.get(cell) ?? 0) >= REPAIR_LIMIT)) {
      const reason = `Its inputs are damaged again after ${REPAIR_LIMIT} repairs; check the disk`;
      unrepaired.push(...producers);
      fail(consumer, { reason, log: undefined, tail: [] });
      return;
    }
    for (const cell of producers) {
      ports.discard(results.get(cell)!.key, digests);
      phases.set(cell, "waiting");
    }
    if (producers.length === 0) return;
    noteRepair(producers, `damaged: ${digests.join(", ")}`);
  };
  const start = (cell: Cell, run: ToRun) => {
    const { cpus, memory, gpus } = cell.stage;
    used.cpus += cpus;
    used.memory += memory;
    used.gpus += gpus;
    phases.set(cell, "running");
    emit({ type: "started", cell, reasons: ports.reasons(cell, run) });
    const work = async () => {
      const outcome = await ports.execute(cell, run).catch((error: Error): Outcome => (
        { kind: "failed", cause: "stage", reason: String(error), log: undefined, tail: [] }
      ));
      used.cpus -= cpus;
      used.memory -= memory;
      used.gpus -= gpus;
      switch (outcome.kind) {
        case "published": {
          const { record, nondeterministic } = outcome;
          settle(cell, record);
          ran.push(cell);
          emit({ type: "finished", cell, record, nondeterministic });
          return;
        }
        case "busy":
          emit({ type: "busy", cell });
          await ports.freed(run);
          phases.set(cell, "waiting");
          return;
        case "corrupt":
          repair(cell, outcome.digests);
          return;
        case "failed":
          if (signal.aborted || !retry(cell, outcome)) fail(cell, outcome);
      }
    };
    running.set(cell, work().finally(() => running.delete(cell)));
  };

  const stopped = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  while (true) {
    if (!signal.aborted) {
      advance();
      for (const cell of longestFirst(cells.filter((cell) => phase(cell) === "ready"), ports)) {
        if (isOpen(cell)) {
          phases.set(cell, "waiting"); // what it reads is being repaired
          continue;
        }
        if (isHalted()) break;
        const fits = used.cpus + cell.stage.cpus <= limits.cpus &&
          used.memory + cell.stage.memory <= limits.memory &&
          used.gpus + cell.stage.gpus <= limits.gpus;
        if (!fits && used.cpus > 0) continue;
        start(cell, pending.get(cell)!);
      }
    }
    if (running.size === 0) break;
    await Promise.race([...running.values(), ...(signal.aborted ? [] : [stopped])]);
  }
  const inPhase = (wanted: Phase) => cells.filter((cell) => phase(cell) === wanted);
  return {
    results,
    ran,
    failed: inPhase("failed"),
    blocked: inPhase("blocked"),
    notStarted: [...inPhase("waiting"), ...inPhase("ready")],
    unrepaired: [
      ...unrepaired,
      ...[...repairs.keys()].filter((cell) => phase(cell) !== "done" && !unrepaired.includes(cell)),
    ],
    isInterrupted: signal.aborted,
  };
}

/**
 * Cells in the order in which to start them: a long one that starts last would be waited for alone.
 * One that never ran counts as the longest, among equals the order stays.
 */
function longestFirst(
  ready: readonly Cell[],
  { expectedSeconds }: Pick<SchedulerPorts, "expectedSeconds">,
): Cell[] {
  if (ready.length < 2) return [...ready];
  const seconds = new Map(ready.map((cell) => [cell, expectedSeconds(cell) ?? Infinity]));
  const compare = (a: number, b: number) => a === b ? 0 : b - a; // Infinity − Infinity is NaN
  return ready.toSorted((a, b) => compare(seconds.get(a)!, seconds.get(b)!));
}

function sameOutputs(a: ResultRecord, b: ResultRecord): boolean {
  return Object.keys({ ...a.outputs, ...b.outputs })
    .every((name) => a.outputs[name]?.digest === b.outputs[name]?.digest);
}
