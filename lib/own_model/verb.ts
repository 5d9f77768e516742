/** `basin measure`: how sharp is a minimum, for weights that Basin did not train. */
import { lossOf } from "../networks/network.ts";
import { printable } from "../pipeline/display/printable.ts";
import type { Terminal } from "../pipeline/display/terminal.ts";
import { EXIT } from "../pipeline/verbs/verb.ts";
import { jsonText } from "../study/artifacts.ts";
import { DataUnavailable, openData } from "./data.ts";
import { comparisonLines, comparisonOf } from "./comparison.ts";
import { MEASURES } from "../measures/measures.ts";
import { Interrupted, metered, unitsOf } from "../measures/meter.ts";
import type { MeasureOptions } from "./options.ts";
import { type MeasurePoint, openPoint } from "./point.ts";
import { measureProgress } from "./progress.ts";
import { recordOf, unknownAsNull } from "./record.ts";
import { checkSubjects } from "./subjects.ts";
import { surfaceOf } from "./surface.ts";
import { checkTargets } from "./targets.ts";
import { isWhole, measureAll, noResults, orderOf, type Results } from "./run.ts";

/** What the verb gets from the command line's edge. */
export interface MeasureContext {
  readonly terminal: Terminal;
  /** Write the results as JSON to stdout. */
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** A point and what was measured there. */
interface Subject {
  readonly point: MeasurePoint;
  readonly results: Results;
}

/** Measures, writes a line for each measure as it is done, and the JSON; returns the exit status. */
export async function measureVerb(
  options: MeasureOptions,
  { terminal, json, signal }: MeasureContext,
): Promise<number> {
  await using points = new AsyncDisposableStack();
  const subjects: Subject[] = [];
  const refused = (error: Error): number => {
    terminal.warn(`${printable(error.message)}\n`);
    return error instanceof DataUnavailable ? EXIT.failed : EXIT.usage;
  };
  const data = await opened(() => {
    checkTargets(options);
    checkSubjects(options);
    return openData(options, (line) => terminal.warn(`${line}\n`));
  });
  if (data instanceof Error) return refused(data);
  // All of them before anything is computed: a mistake in the second must not come after the first.
  for (const model of options.models.length > 0 ? options.models : [undefined]) {
    const point = await opened(() => openPoint(options, model, data));
    if (point instanceof Error) return refused(point);
    subjects.push({ point: points.use(point), results: noResults() });
  }
  const losses = subjects.map(({ point }) => lossOf(point.net));
  if (losses.some((loss) => loss !== losses[0])) {
    const titles = losses.map(({ title }) => title).join(" and ");
    terminal.warn(`the models' losses differ: ${titles}; --loss sets one for both\n`);
  }
  if (subjects[0]!.point.engine.description.name === "portable") {
    terminal.warn("the portable engine is over ten times slower; `deno task setup` says why\n");
  }
  for (const { point, results } of subjects) {
    if (signal.aborted && subjects.length > 1) break;
    await measureOne(point, results, { terminal, json, signal });
  }
  const text = jsonText(
    subjects.length === 1 ? recordOf(subjects[0]!.point, subjects[0]!.results, signal.aborted) : {
      models: subjects.map(({ point, results }) => recordOf(point, results, signal.aborted)),
      comparison: unknownAsNull(comparisonOf(subjects[0]!.results, subjects[1]!.results)),
    },
  );
  if (subjects.length > 1) showComparison(subjects, terminal, json);
  await writeResults(options, text, subjects, { terminal, signal });
  if (json) terminal.write(text);
  if (signal.aborted) return EXIT.interrupted;
  return subjects.every(({ results }) => isWhole(results)) ? EXIT.ok : EXIT.failed;
}

/** Measures at one point; an interruption leaves what there is. */
async function measureOne(
  point: MeasurePoint,
  results: Results,
  { terminal, json, signal }: MeasureContext,
): Promise<void> {
  const names = orderOf(point.options);
  const sampleShares = point.objective.samples.map(({ share }) => share);
  const meter = metered(point.objective, signal, () => progress.refresh());
  const progress = measureProgress({
    titles: names.map((name) => MEASURES[name].title),
    estimates: names.map((name) =>
      unitsOf(MEASURES[name].cost({ ...point.options, sampleShares }))
    ),
    units: () => meter.units,
    terminal,
    now: () => performance.now(),
    quiet: json,
  });
  try {
    await measureAll(point, meter, progress, results);
    if (point.options.surface !== undefined && Number.isFinite(results.place.loss)) {
      results.surface = await surfaceOf(point, meter.objective, progress.note);
    }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
  } finally {
    progress.close();
  }
}

function showComparison(subjects: readonly Subject[], terminal: Terminal, json: boolean): void {
  const [a, b] = subjects as [Subject, Subject];
  const compared = comparisonOf(a.results, b.results);
  if (compared.length === 0) return;
  const names = [a.point.net.name, b.point.net.name] as const;
  const text = `\n${comparisonLines(names, compared).join("\n")}\n`;
  if (json) terminal.warn(text);
  else terminal.write(text);
}

/** The files that were asked for; half of the results must not take the place of all of them. */
async function writeResults(
  { out, report, surface }: MeasureOptions,
  text: string,
  subjects: readonly Subject[],
  { terminal, signal }: Pick<MeasureContext, "terminal" | "signal">,
): Promise<void> {
  const own = (path: string) => signal.aborted ? `${path}.partial` : path;
  if (out !== undefined) {
    await writeWhole(own(out), text);
    if (signal.aborted) terminal.warn(`wrote what was measured to ${own(out)}\n`);
  }
  // Loaded when there is something to draw: the measures need no Vega.
  if (surface !== undefined && subjects.some(({ results }) => results.surface)) {
    const { surfaceText } = await import("./surface_picture.ts");
    await writeWhole(surface, await surfaceText(subjects, surface));
    terminal.warn(`the surface is ${surface}\n`);
  }
  if (report === undefined) return;
  const { reportText } = await import("./report.ts");
  await writeWhole(own(report), await reportText(subjects, signal.aborted));
  terminal.warn(`the report is ${own(report)}\n`);
}

/** What was opened, or the error that a person can mend. */
async function opened<Value>(open: () => Promise<Value>): Promise<Value | Error> {
  try {
    return await open();
  } catch (error) {
    // Files and flags that do not fit each other: the message says which, a stack would bury it.
    const isForPeople = [TypeError, RangeError, SyntaxError, DataUnavailable]
      .some((kind) => error instanceof kind);
    if (isForPeople) return error as Error;
    throw error;
  }
}

/** Writes a file that appears whole or not at all. */
async function writeWhole(path: string, text: string): Promise<void> {
  const staged = `${path}.${Deno.pid}.tmp`;
  await Deno.writeTextFile(staged, text);
  await Deno.rename(staged, path);
}
