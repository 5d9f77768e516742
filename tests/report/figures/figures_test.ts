import assert from "node:assert/strict";
import { compile, type TopLevelSpec } from "vega-lite";
import { diffusionFigure } from "../../../lib/report/figures/diffusion_figure.ts";
import { distanceFigure } from "../../../lib/report/figures/distance_figure.ts";
import type { Figure } from "../../../lib/report/figures/figure.ts";
import { renderFigure, roundNumbers } from "../../../lib/report/figures/render.ts";
import { studyFigures } from "../../../lib/report/figures/study_figures.ts";
import { magnitudes, withFixedColours } from "../../../lib/report/figures/theme.ts";
import { trainingCurves } from "../../../lib/report/figures/training_curves.ts";
import { measuredRun } from "../measured_run.ts";
import { sharpnessRecord } from "../records.ts";
import { CURVES, NO_CURVES, NOTHING, STUDY } from "../study.ts";

const figures = studyFigures(STUDY, CURVES);
const drawn = figures.filter((figure): figure is Figure => "panels" in figure);

Deno.test("studyFigures() draws what has records and says why the rest is missing", () => {
  assert.deepEqual(drawn.map(({ name }) => name), [
    "headline",
    "maximiser",
    "subspace",
    "figure2",
    "figure3",
    "figure4",
    "figure5",
    "figure6",
    "figure7",
    "distance",
    "diffusion",
    "curvature",
    "spectrum",
    "surface-random",
    "surface-eigenvectors",
    "surface-trajectory",
    "surface-minima",
  ]);
  const none = studyFigures(NOTHING, NO_CURVES);
  for (const figure of none) {
    assert.ok("missing" in figure, `${figure.name} has nothing to show, but is drawn`);
    assert.match(figure.missing, /^[A-Z].*\.$/);
  }
  // One reason for all four kinds of plane.
  assert.equal(none.length, figures.length - 3);
});

Deno.test("figures are specifications that Vega-Lite takes without a warning", () => {
  for (const { panels } of drawn) {
    for (const { name, spec } of panels) {
      const warnings: unknown[] = [];
      const logger = {
        level: () => logger,
        warn: (...texts: unknown[]) => (warnings.push(...texts), logger),
        info: () => logger,
        debug: () => logger,
        error: (...texts: unknown[]) => (warnings.push(...texts), logger),
      };
      // deno-lint-ignore no-explicit-any -- Vega's type of `level` is an overload.
      compile(spec as unknown as TopLevelSpec, { logger: logger as any });
      assert.deepEqual(warnings, [], name);
    }
  }
});

Deno.test("figures say in words what they show, with the numbers", () => {
  const words = Object.fromEntries(drawn.map(({ name, alternative }) => [name, alternative]));
  assert.match(words.headline!, /φ at ε = 1e-3 is 2\.50 ± 0\.50 % for small and 112\.50 ± 22\.50/);
  assert.match(words.maximiser!, /F1, ε = 5e-4, full space: SB ends between 0\.500 and 0\.750 %/);
  assert.match(words.figure2!, /SB ends at 99\.99 % on the training and 96\.33 % on the test set/);
  assert.match(words.figure3!, /0\.0100 at SB's minimum and 0\.0100 at LB's.*at α = -1, 4\.01/);
  assert.match(words.figure4!, /batches of 1024: test accuracy 97\.00 %, φ 102\.40 %\./);
  assert.match(words.figure6!, /LB, trial 0, goes from 30\.00 to 90\.00 % while the loss goes/);
  assert.match(words.distance!, /SB ends 18\.00 to 18\.00 from the start/);
  assert.match(words.diffusion!, /SB R² 1\.00 of the logarithm, 0\.980 of a power; LB R²/);
  assert.match(
    words.spectrum!,
    /LB, trial 0, .* of 0\.500 \(residual 5\.0e-4\) and about 20 of 1000/,
  );
  const { caption } = drawn.find(({ name }) => name === "curvature")!;
  assert.match(caption, /as precisely as that or as products in float32 allow, .* 1e-7 λ_max\./);
  for (const [name, text] of Object.entries(words)) assert.ok(text.length > 20, name);
});

Deno.test("figures leave out what diverged", () => {
  const lost = STUDY.sharpness.map((record) =>
    record.regime === "LB" && record.trial === 2
      ? { ...record, diverged: true, percent: NaN }
      : record
  );
  const [headline, maximiser] = studyFigures({ ...STUDY, sharpness: lost }, CURVES) as Figure[];
  for (const { name, sources } of [headline!, maximiser!]) {
    const isLost = sources.some((source) => /^sharpness.*regime=LB,trial=2/.test(source));
    assert.equal(isLost, false, name);
  }
});

Deno.test("trainingCurves() and distanceFigure() count no diverged run in where SB and LB end", () => {
  const histories = CURVES.histories.map((run) => {
    if (run.regime !== "LB" || run.trial !== 1) return run;
    const last = { trainLoss: NaN, trainAccuracy: 0.1, testAccuracy: 0.1, distanceFromStart: NaN };
    const points = run.points.map((point) => point.epoch === 3 ? { ...point, ...last } : point);
    return { ...run, diverged: true, points };
  });
  for (const figure of [trainingCurves(histories), distanceFigure(histories)] as Figure[]) {
    assert.ok(!figure.sources.includes("history[regime=LB,trial=1]"), figure.name);
    assert.equal(figure.sources.length, 5);
  }
  assert.match(
    (trainingCurves(histories) as Figure).alternative,
    /LB ends at 99\.99 % on the training and 95\.33 % on the test set/,
  );
  assert.match(
    (distanceFigure(histories) as Figure).alternative,
    /LB ends 9\.00 to 9\.00 from the start/,
  );
});

Deno.test("headlineFigure() and subspaceFigure() name the way where there are several", () => {
  const sharpness = STUDY.sharpness.flatMap((record) => [
    record,
    { ...record, protocol: "converged", percent: 2 * record.percent },
  ]);
  const [headline, , subspace] = studyFigures({ ...STUDY, sharpness }, CURVES) as Figure[];
  assert.deepEqual(headline!.panels.map(({ title }) => title), [
    "sharpness at ε = 1e-3, paper, from vertex",
    "sharpness at ε = 1e-3, converged, several starts",
    "sharpness at ε = 5e-4, paper, from vertex",
    "sharpness at ε = 5e-4, converged, several starts",
    "accuracy on the test set",
  ]);
  // Panels wrap: of five none is the left one.
  assert.doesNotMatch(headline!.caption, /\b(left|right)\b/i);
  assert.match(
    headline!.alternative,
    /φ at ε = 1e-3, converged, several starts is 5\.00 ± 1\.00 %/,
  );
  const titles = subspace!.panels.map(({ title }) => title);
  assert.equal(titles[1], "F1, ε = 1e-3, p = 100, converged, several starts");
  assert.equal(new Set(titles).size, 4);
  for (const title of titles) assert.ok(subspace!.alternative.includes(`${title}: φ is`), title);
  // As many spaces as there are do not make the way of one: the name says p.
  const spaces = STUDY.sharpness.map((record) =>
    record.space === "full" || record.epsilon === 1e-3
      ? record
      : { ...record, space: { ...record.space, dimension: 4 } }
  );
  const figure = studyFigures({ ...STUDY, sharpness: spaces }, CURVES)[2] as Figure;
  assert.deepEqual(figure.panels.map(({ title }) => title), [
    "F1, ε = 1e-3, p = 100",
    "F1, ε = 5e-4, p = 4",
  ]);
});

Deno.test("maximiserCurves() tells several starts apart by the form of their lines", () => {
  const curve = [{ iteration: 0, percent: 1 }, { iteration: 1, percent: 3 }];
  const restarts = ["vertex", "origin"].map((start) => ({
    start,
    percent: 3,
    stopReason: "max-iterations",
    curve,
  }));
  const sharpness = [sharpnessRecord("SB", 0, 3, { protocol: "robust", restarts })];
  const figure = studyFigures({ ...STUDY, sharpness }, NO_CURVES)[1] as Figure;
  const text = JSON.stringify(figure.panels[0]!.spec);
  assert.match(text, /"domain":\["L-BFGS-B from the vertex","L-BFGS-B from the origin"\]/);
  assert.equal(text.match(/"phi":3/g)?.length, 2);
});

Deno.test("maximiserCurves() tells panels of one network, ε and space apart by the way", () => {
  const sharpness = [10, 50].flatMap((maxIterations) => [
    sharpnessRecord("SB", 0, maxIterations, { maxIterations }),
    sharpnessRecord("LB", 0, maxIterations, { maxIterations, epsilon: 5e-4 }),
  ]);
  const figure = studyFigures({ ...STUDY, sharpness }, NO_CURVES)[1] as Figure;
  const titles = figure.panels.map(({ title }) => title);
  assert.equal(new Set(titles).size, 4);
  assert.equal(titles.filter((title) => title.includes(", 50 iterations")).length, 2);
  for (const title of titles) assert.ok(figure.alternative.includes(title.split(", from ")[0]!));
});

Deno.test("maximiserCurves() says once where the climbs began, also where ways differ in it", () => {
  const sharpness = ["vertex", "origin"].map((start) => sharpnessRecord("SB", 0, 3, { start }));
  const figure = studyFigures({ ...STUDY, sharpness }, NO_CURVES)[1] as Figure;
  assert.deepEqual(figure.panels.map(({ title }) => title), [
    "F1, ε = 1e-3, full space, from vertex",
    "F1, ε = 1e-3, full space, from origin",
  ]);
});

Deno.test("magnitudes() is logarithmic for positive values and says nothing away for others", () => {
  const { scale: log, axis: powers } = magnitudes([0.5, 2000]);
  assert.deepEqual(log, { type: "log", nice: true });
  assert.deepEqual(powers.values, [0.1, 1, 10, 100, 1000, 10000]);
  assert.deepEqual(magnitudes([2, 60]).axis.values, [1, 3, 10, 30, 100, 300]);
  assert.deepEqual(magnitudes([0, 0.1, 0.2]), { scale: { nice: true }, axis: {} });
  const { scale, axis } = magnitudes([-1e-3, 0, 5]);
  assert.equal(scale.type, "symlog");
  // Of more values than its count an axis shows every other one only.
  assert.equal(axis.tickCount, (axis.values as number[]).length);
  assert.equal(scale.constant, 1e-3);
  assert.deepEqual(axis.values, [-1, -0.1, -0.01, 0, 0.01, 0.1, 1]);
});

Deno.test("magnitudes() labels what is small by its power of ten, and the rest as people write it", async () => {
  const { panels } = await renderFigure({
    name: "powers",
    title: "Powers",
    caption: "",
    alternative: "",
    sources: [],
    panels: [{
      name: "powers",
      title: "Powers",
      spec: {
        data: { values: [2e-6, 5e5].map((y) => ({ y })) },
        mark: "point",
        encoding: { y: { field: "y", type: "quantitative", ...magnitudes([2e-6, 5e5]) } },
      },
    }],
  });
  const labels = [...panels[0]!.svg.matchAll(/<text[^>]*>([^<]+)<\/text>/g)].map(([, text]) =>
    text!
  );
  assert.deepEqual(labels, ["1e-6", "0.01", "100", "1e6", "y"]); // the last is the axis' title
});

Deno.test("every panel that has SB's colour has its mark and LB's, too", () => {
  let coloured = 0;
  for (const { panels } of drawn) {
    for (const { name, spec } of panels) {
      const text = JSON.stringify(spec);
      if (!text.includes("var(--sb)") || !text.includes("var(--lb)")) continue;
      coloured++;
      assert.match(text, /"circle"/, name);
      assert.match(text, /"square"/, name);
    }
  }
  assert.ok(coloured > 10, `${coloured} panels`);
});

Deno.test("withFixedColours() leaves no variable of a theme", () => {
  const text = JSON.stringify(drawn);
  assert.ok(text.includes("var(--sb)"));
  assert.ok(!withFixedColours(text).includes("var("));
  assert.notEqual(withFixedColours(text), withFixedColours(text, "dark"));
});

Deno.test("roundNumbers() rounds attributes and leaves text alone", () => {
  assert.equal(
    roundNumbers('<path d="M0.12345,-7.0001L1e3,2.5"/><text x="1.005">0.12345</text>'),
    '<path d="M0.12,-7L1e3,2.5"/><text x="1">0.12345</text>',
  );
});

Deno.test("diffusionFigure() has SB and LB in their colours and marks, whichever batch is larger", () => {
  const points = [1, 2, 4].map((step) => ({ step, distance: step }));
  const run = (regime: string, batchSize: number) =>
    measuredRun("scaling", { regime, trial: "0" }, 1, { batchSize, diffusion: { points } });
  const figure = diffusionFigure([run("SB", 64), run("LB", 40), run("LB-ghost", 40), run("B9", 9)]);
  const { spec } = (figure as Figure).panels[0]!;
  const { color, shape } = (spec.layer as { encoding: Record<string, { scale: object }> }[])[1]!
    .encoding;
  const domain = ["B = 9", "LB, B = 40", "SB, B = 64"];
  const range = ["var(--paper)", "var(--lb)", "var(--sb)"];
  assert.deepEqual(color!.scale, { domain, range });
  assert.deepEqual(shape!.scale, { domain, range: ["triangle-up", "square", "circle"] });
});

Deno.test("diffusionFigure() counts no run that diverged", () => {
  const run = (trial: number, rSquared: number, diverged: boolean) =>
    measuredRun("scaling", { regime: "LB", trial: `${trial}` }, 1, {
      diverged,
      diffusion: {
        points: [1, 2, 4].map((step) => ({ step, distance: step })),
        logarithmic: { intercept: 0, slope: 1, rSquared },
        power: { scale: 1, exponent: 1, rSquared },
      },
    });
  const figure = diffusionFigure([run(0, 0.5, false), run(1, 0.1, true)]) as Figure;
  assert.match(figure.alternative, /LB R² 0\.500 of the logarithm, 0\.500 of a power/);
  assert.deepEqual(figure.sources, ["scaling[regime=LB,trial=0]"]);
});

Deno.test("renderFigure() draws what stands in golden/figures", async (t) => {
  for (const figure of drawn) {
    await t.step(figure.name, async () => {
      const golden = new URL(`../../golden/figures/${figure.name}.svg`, import.meta.url);
      const { svg } = await renderFigure(figure);
      // One element a line, so that a difference can be read.
      const text = `${svg.replaceAll("><", ">\n<")}\n`;
      // Written anew on request, to be looked at before it is committed.
      if (Deno.env.get("UPDATE_GOLDEN")) await Deno.writeTextFile(golden, text);
      assert.deepEqual(text.split("\n"), (await Deno.readTextFile(golden)).split("\n"));
    });
  }
});
