/** Curves that are measured point by point, and go on where an earlier attempt had come to. */
import type { CheckpointState, StageContext } from "../pipeline/stage.ts";
import { jsonText } from "./artifacts.ts";

/** Arrays that the measurement of a point saves within itself. */
type Inner = Readonly<Record<string, Float64Array | Uint8Array>>;

/** Saves the state of one point, together with the points before it. */
export interface PointCheckpoint {
  load(): CheckpointState | undefined;
  isDue(): boolean;
  save(state: Inner): void;
}

/** Name of the finished points among the arrays of a checkpoint. */
const POINTS = "points";

/**
 * Measures at one place after the other.
 *
 * Points are saved as the JSON in which they will be written, so that those of an earlier attempt
 * come out to the same bytes.
 *
 * @param measure Gives a point, or `undefined` to end the curve before it.
 * @param kept Arrays to save beside the points, for the stage to find when it goes on.
 */
export async function savedPoints<Place, Point>(
  { checkpoint }: Pick<StageContext<unknown>, "checkpoint">,
  places: readonly Place[],
  measure: (place: Place, inner: PointCheckpoint, done: number) => Promise<Point | undefined>,
  kept: Inner = {},
): Promise<Point[]> {
  const state = checkpoint.load() ?? {};
  // Without points it is the state of what the stage did before the first of them.
  const { [POINTS]: saved, ...others } = state[POINTS] ? state : {};
  const rest = Object.fromEntries(Object.entries(others).filter(([name]) => !(name in kept)));
  const points: Point[] = saved ? JSON.parse(new TextDecoder().decode(saved as Uint8Array)) : [];
  const save = (state: Inner) =>
    checkpoint.save({ ...kept, ...state, [POINTS]: new TextEncoder().encode(jsonText(points)) });
  // Of the point at which the earlier attempt ended; there is nothing if it ended between two.
  let inner: CheckpointState | undefined = Object.keys(rest).length > 0 ? rest : undefined;
  for (const place of places.slice(points.length)) {
    const load = () => inner;
    const point = await measure(place, { load, isDue: checkpoint.isDue, save }, points.length);
    if (point === undefined) break;
    points.push(point);
    inner = undefined;
    if (checkpoint.isDue()) save({});
  }
  return points;
}
