/** The picture that `basin measure --surface` draws, as a file and on the page. */
import { basename } from "node:path";
import type { Figure } from "../report/figures/figure.ts";
import { renderFigure } from "../report/figures/render.ts";
import { heatRange, surfacePanel } from "../report/figures/surface_panel.ts";
import { showNumber } from "../report/summary.ts";
import type { SurfaceRecord } from "../report/surface_results.ts";
import type { MeasurePoint } from "./point.ts";
import type { Results } from "./run.ts";

/** A point and what was found there. */
interface Subject {
  readonly point: Pick<MeasurePoint, "net" | "dataset">;
  readonly results: Pick<Results, "surface">;
}

/**
 * The surfaces of one or two models, each a panel, on one scale of the loss.
 *
 * @returns `undefined` if there is no surface.
 */
export function surfaceFigure(subjects: readonly Subject[]): Figure | undefined {
  const own = subjects.flatMap(({ point, results: { surface } }) =>
    surface ? [{ point, surface }] : []
  );
  if (own.length === 0) return undefined;
  const range = heatRange(own.map(({ surface }) => surface));
  const names = own.map(({ point: { net } }) => net.name).join(" and ");
  return {
    name: "surface",
    title: `${names} on ${basename(own[0]!.point.dataset.name)}: loss in two random directions, ` +
      "filter-normalised",
    caption: "The wider the light valley, the flatter the minimum in its middle: 1 on an axis is " +
      "a step as long as the weights themselves (Li et al. 2018). A line joins points of equal " +
      "loss, four to a decade.",
    alternative: own.map(({ point, surface }) => riseText(point.net.name, surface)).join(" "),
    sources: [],
    panels: own.map(({ point, surface }, k) => ({
      ...surfacePanel(`surface-${k + 1}`, surface, "trainLoss", range, "loss"),
      ...(own.length > 1 && { title: point.net.name }),
    })),
  };
}

function riseText(name: string, { rows, marks }: SurfaceRecord): string {
  const losses = rows.flatMap(({ trainLoss }) => trainLoss);
  const finite = losses.filter((loss) => Number.isFinite(loss));
  const lost = losses.length - finite.length;
  return `The loss of ${name} is ${showNumber(marks[0]!.trainLoss)} in the middle and at most ` +
    `${showNumber(Math.max(...finite))} on the grid${
      lost > 0 ? `, and not finite at ${lost} of its points, which stay empty` : ""
    }.`;
}

/**
 * The picture as a file.
 *
 * @param path Ends in `.svg` for the picture, otherwise it becomes the same as Vega-Lite.
 */
export async function surfaceText(subjects: readonly Subject[], path: string): Promise<string> {
  const { svg, vegaLite } = await renderFigure(surfaceFigure(subjects)!);
  return `${path.endsWith(".svg") ? svg : JSON.stringify(vegaLite)}\n`;
}
