/** `basin measure`: how sharp is a minimum, for weights that Basin did not train. */
import { dirname } from "node:path";
import type { Dataset } from "../../lib/data/dataset.ts";
import { selectEngine } from "../../lib/engine/select.ts";
import { norm } from "../../lib/linalg/vector.ts";
import type { Network } from "../../lib/networks/network.ts";
import { objectiveOf } from "../../lib/objective/objective_of.ts";
import { counted } from "../../lib/pipeline/display/format.ts";
import type { Terminal } from "../../lib/pipeline/display/terminal.ts";
import { EXIT } from "../../lib/pipeline/verbs/verb.ts";
import { jsonText } from "../artifacts.ts";
import { DataUnavailable, openData } from "./data.ts";
import { Interrupted, metered } from "./meter.ts";
import { MEASURES } from "./measures.ts";
import type { MeasureName } from "./names.ts";
import type { MeasureOptions } from "./options.ts";
import { groupsOf, type OpenedWeights, openMoments, openNetwork, openWeights } from "./point.ts";
import { measureProgress } from "./progress.ts";

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
  const opened = await openPoint(options, (line) => terminal.warn(`${line}\n`));
  if ("message" in opened) {
    terminal.warn(`${opened.message}\n`);
    return opened instanceof DataUnavailable ? EXIT.failed : EXIT.usage;
  }
  await using point = opened;
  const { net, dataset, weights, engine: { description } } = point;
  if (description.name === "portable") {
    terminal.warn("the portable engine is over ten times slower; `deno task setup` says why\n");
  }
  const write = (text: string) => json ? terminal.warn(`${text}\n`) : terminal.write(`${text}\n`);
  const { objective, engine } = point;
  const meter = metered(objective, signal, () => progress.refresh());
  const titles = options.measures.map((name) => MEASURES[name].title);
  const progress = measureProgress({
    titles,
    estimates: options.measures.map((name) => MEASURES[name].units(options)),
    units: () => meter.units,
    terminal,
    now: () => performance.now(),
    quiet: json,
  });
  const results: Partial<Record<MeasureName, unknown>> = {};
  const failures: Partial<Record<MeasureName, string>> = {};
  let at: Place | undefined;
  try {
    const { loss, accuracy } = await meter.objective.performance(weights.x);
    for (const line of headLines(point, loss, accuracy)) write(line);
    if (!Number.isFinite(loss)) {
      terminal.warn(`Cannot measure where f(x) = ${loss}; are these weights of ${net.name}?\n`);
      return EXIT.failed;
    }
    const gradientNorm = norm((await meter.objective.evaluate(weights.x)).gradient);
    at = { loss, accuracy, gradientNorm };
    write(`‖∇f‖ ${Number(gradientNorm.toPrecision(4))}\n`);
    for (const [index, name] of options.measures.entries()) {
      progress.begin(index);
      try {
        const measured = await MEASURES[name].measure({
          objective: meter.objective,
          hessian: meter.objective.hessian(weights.x),
          x: weights.x,
          groups: groupsOf(net),
          options,
          note: progress.note,
        });
        results[name] = measured.record;
        progress.line(row(titles[index]!, measured.value, measured.scale, measured.how));
      } catch (error) {
        // One measure that cannot be had leaves the others standing.
        if (!(error instanceof RangeError)) throw error;
        failures[name] = error.message;
        progress.line(row(titles[index]!, "failed", "", error.message));
      }
    }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
  } finally {
    progress.close();
  }
  const text = jsonText({
    weights: described(weights),
    network: { name: net.name, dimension: net.dimension, normEpsilon: options.normEpsilon },
    data: { name: dataset.name, requested: options.data, part: options.part, count: dataset.count },
    f: { evaluationBatch: options.evaluationBatch, batchNorm: options.batchNorm },
    engine: engine.description,
    seed: options.seed,
    ...at,
    interrupted: signal.aborted,
    measures: results,
    failures,
  });
  if (options.out !== undefined) await writeWhole(options.out, text);
  if (json) terminal.write(text);
  if (signal.aborted) return EXIT.interrupted;
  return Object.keys(failures).length > 0 ? EXIT.failed : EXIT.ok;
}

interface Place {
  readonly loss: number;
  readonly accuracy: number;
  readonly gradientNorm: number;
}

/** Everything that must be there before anything is computed, or the error that says what is not. */
async function openPoint(options: MeasureOptions, log: (line: string) => void) {
  try {
    if (options.out !== undefined) await assertFolder(options.out);
    const dataset = await openData(options, log);
    const net = openNetwork(options, dataset);
    const weights = await openWeights(net, options);
    const engine = await selectEngine();
    const moments = await openMoments(net, dataset, weights, options, engine);
    const objective = await objectiveOf(net, dataset, {
      engine,
      evaluationBatch: options.evaluationBatch,
      ...(moments && { moments }),
    });
    return {
      dataset,
      net,
      weights,
      engine,
      objective,
      options,
      [Symbol.asyncDispose]: () => Promise.resolve(objective[Symbol.asyncDispose]()),
    };
  } catch (error) {
    // Files and flags that do not fit each other are a person's mistake, and the message says which.
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

/** Writes a file that appears whole or not at all. */
async function writeWhole(path: string, text: string): Promise<void> {
  const staged = `${path}.${Deno.pid}.tmp`;
  await Deno.writeTextFile(staged, text);
  await Deno.rename(staged, path);
}

interface Head {
  readonly net: Network;
  readonly dataset: Dataset;
  readonly weights: OpenedWeights;
  readonly options: MeasureOptions;
}

function headLines(
  { net, dataset, weights, options }: Head,
  loss: number,
  accuracy: number,
): string[] {
  const notes = [...weights.notes];
  const statistics = Object.keys(weights.moments).length;
  if (statistics > 0 && options.batchNorm !== "running") {
    notes.push(
      `running statistics of ${counted(statistics, "layer")} left out: f uses ` +
        `${options.batchNorm} moments; --batch-norm running uses them`,
    );
  }
  const batchNorm = net.batchNorms.length > 0 ? `, batch norm ${options.batchNorm}` : "";
  return [
    `${net.name}, n = ${net.dimension}, weights in ${weights.layout}'s layout`,
    ...(weights.layout === "pytorch"
      ? weights.mapping.map(({ tensor, parameter }) => `  ${tensor} → ${parameter}`)
      : []),
    ...notes.map((note) => `note: ${note}`),
    `${dataset.name}, ${counted(dataset.count, "example")} in chunks of ` +
    `${Math.min(options.evaluationBatch, dataset.count)}${batchNorm}`,
    `f ${Number(loss.toPrecision(6))} nats, accuracy ${(100 * accuracy).toFixed(2)} %`,
  ];
}

function row(title: string, value: string, scale: string, how: string): string {
  return `${title.padEnd(40)}${value.padEnd(28)}${scale.padEnd(18)}${how}`;
}

function described({ x: _, moments, ...weights }: OpenedWeights) {
  return { ...weights, runningStatistics: Object.keys(moments) };
}
