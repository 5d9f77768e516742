import assert from "node:assert/strict";
import { measureFigures } from "../../../lib/report/figures/measure_figures.ts";
import type { MeasuredModel } from "../../../lib/report/measured_model.ts";

/** A model of which nothing but the density is known: so high over 0, and at its largest node. */
function modelOf(top: number, atLargest: number): MeasuredModel {
  return {
    name: "a model",
    dimension: 1e6,
    place: "f 0.1 nats, accuracy 90 %",
    gradientNorm: 1e-3,
    understood: [],
    rows: [],
    failures: {},
    climbs: [],
    layers: [],
    density: { grid: [0, 1, 2, 3], density: [top, 0, 0, atLargest], nodes: [0, 2.9] },
  };
}

/** Where the axis of the density ends. */
function floorOf(model: MeasuredModel): number {
  const [figure] = measureFigures([model]);
  const { encoding } = figure!.panels[0]!.spec as {
    encoding: { y: { scale: { domainMin: number } } };
  };
  return encoding.y.scale.domainMin;
}

Deno.test("measureFigures() has the peak of the largest eigenvalue on the axis of the density", () => {
  assert.equal(floorOf(modelOf(3, 0.1)), 3e-6);
  assert.equal(floorOf(modelOf(3, 6e-8)), 2e-8);
});

Deno.test("measureFigures() draws what there is, and no more", () => {
  assert.deepEqual(measureFigures([modelOf(3, 0.1)]).map(({ name }) => name), ["density"]);
  const { density: _, ...none } = modelOf(3, 0.1);
  assert.deepEqual(measureFigures([none]), []);
});
