/** The page that `basin measure --report` writes. */
import { lossOf } from "../networks/network.ts";
import { measureFigures } from "../report/figures/measure_figures.ts";
import { renderFigure } from "../report/figures/render.ts";
import type { MeasuredModel } from "../report/measured_model.ts";
import { renderMeasurePage } from "../report/page/measure_page.ts";
import type { Sharpness } from "../sharpness/result.ts";
import { comparisonOf, verdictOf } from "./comparison.ts";
import type { Measured } from "../measures/measure.ts";
import { headLines } from "./lines.ts";
import { type MeasureName, MEASURES } from "../measures/measures.ts";
import { placeText } from "./place.ts";
import type { MeasurePoint } from "./point.ts";
import type { Results } from "./run.ts";
import { surfaceFigure } from "./surface_picture.ts";

/** The page's text, of one or two models. */
export async function reportText(
  subjects: readonly { readonly point: MeasurePoint; readonly results: Results }[],
  interrupted: boolean,
): Promise<string> {
  const models = subjects.map(({ point, results }) => measuredModel(point, results));
  const [a, b] = subjects;
  const names = models.map(({ name }) => name) as [string, string];
  const compared = a && b ? comparisonOf(a.results, b.results) : [];
  const surface = surfaceFigure(subjects);
  const drawn = [...measureFigures(models), ...(surface ? [surface] : [])];
  const figures = await Promise.all(drawn.map(renderFigure));
  const style = await Promise.all(
    ["style.css", "drawings.css", "media.css"].map((name) =>
      Deno.readTextFile(new URL(`../report/page/${name}`, import.meta.url))
    ),
  );
  return renderMeasurePage(
    models,
    compared.map((row) => ({ ...row, sharper: verdictOf(names, row) })),
    figures,
    !interrupted,
    style.join("\n"),
  );
}

/** The shapes of records that figures draw. */
interface Density {
  readonly grid: number[];
  readonly density: number[];
  readonly nodes: number[];
}

type Layers = MeasuredModel["layers"];

function measuredModel(point: MeasurePoint, { place, measures, failures }: Results): MeasuredModel {
  const { gradientNorm = NaN } = place;
  const sharpness = measures.sharpness?.record as Sharpness | undefined;
  const density = measures.density?.record as Density | undefined;
  return {
    name: point.net.name,
    dimension: point.net.dimension,
    place: placeText(lossOf(point.net), place),
    gradientNorm,
    understood: headLines(point, place).map((line) => line.trim()),
    rows: (Object.entries(measures) as [MeasureName, Measured][])
      .map(([name, { value, scale, how }]) => ({
        title: MEASURES[name].title,
        value,
        scale,
        how: name === "layers" ? "each of them is in the table below" : how,
      })),
    failures: Object.fromEntries(
      Object.entries(failures).map(([name, why]) => [MEASURES[name as MeasureName].title, why]),
    ),
    climbs: sharpness?.restarts.map(({ maximiser, start, curve }) => ({
      name: `by ${maximiser} from the ${start}`,
      points: curve,
    })) ?? [],
    ...(density && { density }),
    layers: measures.layers?.record as Layers | undefined ?? [],
  };
}
