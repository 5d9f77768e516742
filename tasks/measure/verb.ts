/** `basin measure`: how sharp is a minimum, for weights that Basin did not train. */
import { dirname } from "node:path";
import { norm } from "../../lib/linalg/vector.ts";
import type { Terminal } from "../../lib/pipeline/display/terminal.ts";
import { EXIT } from "../../lib/pipeline/verbs/verb.ts";
import { jsonText } from "../../lib/study/artifacts.ts";
import { DataUnavailable } from "./data.ts";
import { groupsOf } from "./groups.ts";
import { headLines, row } from "./lines.ts";
import { Interrupted, type Meter, metered } from "./meter.ts";
import { MEASURES } from "./measures.ts";
import type { MeasureName } from "./names.ts";
import type { MeasureOptions } from "./options.ts";
import { type MeasurePoint, openPoint } from "./point.ts";
import { type MeasureProgress, measureProgress } from "./progress.ts";

/** What the verb gets from the command line's edge. */
export interface MeasureContext {
  readonly terminal: Terminal;
  /** Write the results as JSON to stdout. */
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** Measures, writes a line for each measure as it is done, and the JSON; returns the exit status. */
export async function measureVerb(
  options: MeasureOptions,
  { terminal, json, signal }: MeasureContext,
): Promise<number> {
  const opened = await open(options, (line) => terminal.warn(`${line}\n`));
  if (opened instanceof Error) {
    terminal.warn(`${opened.message}\n`);
    return opened instanceof DataUnavailable ? EXIT.failed : EXIT.usage;
  }
  await using point = opened;
  if (point.engine.description.name === "portable") {
    terminal.warn("the portable engine is over ten times slower; `deno task setup` says why\n");
  }
  const meter = metered(point.objective, signal, () => progress.refresh());
  const progress = measureProgress({
    titles: options.measures.map((name) => MEASURES[name].title),
    estimates: options.measures.map((name) => MEASURES[name].units(options)),
    units: () => meter.units,
    terminal,
    now: () => performance.now(),
    quiet: json,
  });
  const results: Results = { place: {}, measures: {}, failures: {} };
  try {
    await measureAll(point, meter, progress, results);
    if (Number.isFinite(results.place.loss)) await drawSurface(point, meter, progress);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
  } finally {
    progress.close();
  }
  const text = jsonText(recordOf(point, results, signal.aborted));
  if (options.out !== undefined) {
    // Half of the results must not take the place of all of them.
    const path = signal.aborted ? `${options.out}.partial` : options.out;
    await writeWhole(path, text);
    if (signal.aborted) terminal.warn(`wrote what was measured to ${path}\n`);
  }
  if (json) terminal.write(text);
  if (signal.aborted) return EXIT.interrupted;
  return Number.isFinite(results.place.loss) && Object.keys(results.failures).length === 0
    ? EXIT.ok
    : EXIT.failed;
}

/** What was measured so far. */
interface Results {
  place: { loss?: number; accuracy?: number; gradientNorm?: number };
  readonly measures: Partial<Record<MeasureName, unknown>>;
  /** Messages of the measures that could not be had. */
  readonly failures: Partial<Record<MeasureName, string>>;
}

/** Fills the results one by one, so that an interruption leaves what there is. */
async function measureAll(
  point: MeasurePoint,
  { objective }: Meter,
  progress: MeasureProgress,
  results: Results,
): Promise<void> {
  const { weights: { x }, net, options } = point;
  const { loss, accuracy } = await objective.performance(x);
  results.place = { loss, accuracy };
  for (const line of headLines(point, loss, accuracy)) progress.line(line);
  if (!Number.isFinite(loss)) {
    progress.line(`Cannot measure where f(x) = ${loss}; are these weights of ${net.name}?`);
    return;
  }
  const gradientNorm = norm((await objective.evaluate(x)).gradient);
  results.place = { loss, accuracy, gradientNorm };
  progress.line(`‖∇f‖ ${Number(gradientNorm.toPrecision(4))}\n`);
  for (const [index, name] of options.measures.entries()) {
    const { title, measure } = MEASURES[name];
    progress.begin(index);
    try {
      const measured = await measure({
        objective,
        hessian: objective.hessian(x),
        x,
        groups: groupsOf(net),
        options,
        note: progress.note,
      });
      results.measures[name] = measured.record;
      progress.line(row(title, measured.value, measured.scale, measured.how));
    } catch (error) {
      // One measure that cannot be had leaves the others standing.
      if (!(error instanceof RangeError)) throw error;
      results.failures[name] = error.message;
      progress.line(row(title, "failed", "", error.message));
    }
  }
}

/** Writes the picture that was asked for, if any. */
async function drawSurface(
  point: MeasurePoint,
  { objective }: Meter,
  progress: MeasureProgress,
): Promise<void> {
  const { surface } = point.options;
  if (surface === undefined) return;
  // Loaded when there is something to draw: the measures need no Vega.
  const { surfaceText } = await import("./surface.ts");
  await writeWhole(surface, await surfaceText(point, objective, surface, progress.note));
  progress.line(`the surface is ${surface}`);
}

/** The point, or the error that a person can mend. */
async function open(
  options: MeasureOptions,
  log: (line: string) => void,
): Promise<MeasurePoint | Error> {
  try {
    for (const file of [options.out, options.surface]) {
      if (file !== undefined) await assertFolder(file);
    }
    return await openPoint(options, log);
  } catch (error) {
    // Files and flags that do not fit each other: the message says which, a stack would bury it.
    const isForPeople = [TypeError, RangeError, SyntaxError, DataUnavailable]
      .some((kind) => error instanceof kind);
    if (isForPeople) return error as Error;
    if (error instanceof Deno.errors.NotFound) {
      return new RangeError(`Cannot read ${options.weights}: there is no such file`);
    }
    throw error;
  }
}

async function assertFolder(out: string): Promise<void> {
  const folder = await Deno.stat(dirname(out)).catch(() => undefined);
  if (folder?.isDirectory) return;
  throw new RangeError(`Cannot write ${out}: there is no folder ${dirname(out)}`);
}

function recordOf(
  { net, dataset, weights, engine, options }: MeasurePoint,
  { place, measures, failures }: Results,
  interrupted: boolean,
) {
  const { x: _, moments, ...file } = weights;
  const { data, part, evaluationBatch, batchNorm, normEpsilon, seed } = options;
  return {
    weights: { ...file, runningStatistics: Object.keys(moments) },
    network: { name: net.name, dimension: net.dimension, normEpsilon },
    data: { name: dataset.name, requested: data, part, count: dataset.count },
    f: { evaluationBatch, batchNorm },
    engine: engine.description,
    seed,
    ...place,
    interrupted,
    measures,
    failures,
  };
}

/** Writes a file that appears whole or not at all. */
async function writeWhole(path: string, text: string): Promise<void> {
  const staged = `${path}.${Deno.pid}.tmp`;
  await Deno.writeTextFile(staged, text);
  await Deno.rename(staged, path);
}
