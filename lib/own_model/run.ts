/** Measures at one point, measure by measure. */
import { norm } from "../linalg/vector.ts";
import { groupsOf } from "../measures/groups.ts";
import type { SurfaceRecord } from "../report/surface_results.ts";
import { lossOf } from "../networks/network.ts";
import { headLines, row } from "./lines.ts";
import type { Measured } from "../measures/measure.ts";
import { type MeasureName, MEASURES } from "../measures/measures.ts";
import { type Meter, unitsOf } from "../measures/meter.ts";
import type { MeasureOptions } from "./options.ts";
import type { Place } from "./place.ts";
import type { MeasurePoint } from "./point.ts";
import type { MeasureProgress } from "./progress.ts";

/** What was measured so far. */
export interface Results {
  place: Place;
  /** In the order in which they were measured. */
  readonly measures: Partial<Record<MeasureName, Measured>>;
  /** Messages of the measures that could not be had. */
  readonly failures: Partial<Record<MeasureName, string>>;
  /** f on a plane, if it was asked for. */
  surface?: SurfaceRecord;
}

/** No results yet. */
export function noResults(): Results {
  return { place: {}, measures: {}, failures: {} };
}

/** Whether all that was asked for is there. */
export function isWhole({ place, failures }: Results): boolean {
  return Number.isFinite(place.loss) && Object.keys(failures).length === 0;
}

/** The measures in the order in which they run: of models, the cheap ones first. */
export function orderOf(options: MeasureOptions): readonly MeasureName[] {
  const { measures, models } = options;
  if (models.length === 0) return measures;
  const cost = (name: MeasureName) => unitsOf(MEASURES[name].cost(options));
  return measures.toSorted((a, b) => cost(a) - cost(b));
}

/** Fills the results one by one, so that an interruption leaves what there is. */
export async function measureAll(
  point: MeasurePoint,
  { objective }: Meter,
  progress: MeasureProgress,
  results: Results,
): Promise<void> {
  const { weights: { x }, net, options } = point;
  const { loss, accuracy, determination } = await objective.performance(x);
  results.place = {
    loss,
    ...(!Number.isNaN(accuracy) && { accuracy }),
    ...(determination !== undefined && { determination }),
  };
  for (const line of headLines(point, results.place)) progress.line(line);
  if (!Number.isFinite(loss)) {
    progress.line(`Cannot measure where f(x) = ${loss}; are these weights of ${net.name}?`);
    return;
  }
  const gradientNorm = norm((await objective.evaluate(x)).gradient);
  results.place = { ...results.place, gradientNorm };
  progress.line(`‖∇f‖ ${Number(gradientNorm.toPrecision(4))}\n`);
  for (const [index, name] of orderOf(options).entries()) {
    const { title, measure } = MEASURES[name];
    progress.begin(index);
    try {
      const measured = await measure({
        objective,
        hessian: objective.hessian(x),
        x,
        groups: groupsOf(net),
        unit: lossOf(net).unit,
        options,
        note: progress.note,
      });
      results.measures[name] = measured;
      progress.line(row(title, measured.value, measured.scale, measured.how));
    } catch (error) {
      // One measure that cannot be had leaves the others standing.
      if (!(error instanceof RangeError)) throw error;
      results.failures[name] = error.message;
      progress.line(row(title, "failed", "", error.message));
    }
  }
}
