import assert from "node:assert/strict";
import { compile, type TopLevelSpec } from "vega-lite";
import { renderFigure } from "../../../lib/report/figures/render.ts";
import { sideFigures } from "../../../lib/report/figures/side_figures.ts";
import { NO_SIDE_STUDIES } from "../../../lib/report/side_studies.ts";
import { measuredRun } from "../measured_run.ts";

const TRIALS = [0, 1];
const of = (input: string, labels: Readonly<Record<string, string>>, percent: number) =>
  TRIALS.map((trial) => measuredRun(input, { ...labels, trial: `${trial}` }, percent + trial));

const FIGURES = sideFigures({
  ...NO_SIDE_STUDIES,
  remedies: ["LB", "LB-SAM", "SB"].flatMap((regime) => of("remedies", { regime }, 5)),
  labelled: ["random", "true"].flatMap((labels) =>
    ["LB", "SB"].flatMap((regime) => of("labelled", { labels, regime }, labels === "true" ? 4 : 90))
  ),
  reinitialisedFrom: ["LB", "SB"].flatMap((regime) => of("reinitialisedFrom", { regime }, 20)),
  reinitialised: of("reinitialised", { reinitialised: "none" }, 10).map((run) => ({
    ...run,
    reinitialised: { which: "none", share: 0.05 },
    start: { trainLoss: 1, testAccuracyPercent: 50 },
  })),
  fineTunedBeside: of("fineTunedBeside", { regime: "SB" }, 3),
  fineTuned: of("fineTuned", { regime: "SB" }, 2),
});

/** The arms of a panel, in the order in which they are drawn. */
function armsOf(spec: Readonly<Record<string, unknown>>): unknown {
  const [{ encoding }] = spec.layer as [{ encoding: { y: { sort: unknown } } }];
  return encoding.y.sort;
}

Deno.test("sideFigures() draws each study that has runs, a panel for accuracy and one for φ", () => {
  assert.deepEqual(FIGURES.map(({ name }) => name), [
    "remedies",
    "random-labels",
    "reinitialised",
    "fine-tuning",
  ]);
  assert.deepEqual(sideFigures(NO_SIDE_STUDIES), []);
  const [remedies, labels, reinitialised, tuning] = FIGURES.map(({ panels }) =>
    armsOf(panels[1]!.spec)
  );
  assert.deepEqual(remedies, ["SB", "LB", "LB-SAM"]);
  assert.deepEqual(labels, ["SB, true", "LB, true", "SB, random", "LB, random"]);
  assert.deepEqual(reinitialised, ["SB", "LB", "nothing set back"]);
  assert.deepEqual(tuning, ["SB, random start", "SB, fine-tuned"]);
  for (const { panels } of FIGURES) {
    assert.deepEqual(panels.map(({ title }) => title), ["F1: test accuracy", "F1: sharpness"]);
    for (const { spec } of panels) {
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
      assert.deepEqual(warnings, []);
    }
  }
});

Deno.test("sideFigures() says its means in words, names its cells, and leaves out what diverged", () => {
  const [, labels] = FIGURES;
  assert.match(
    labels!.alternative,
    /F1, SB, true: test accuracy 95\.50 ± 0\.71 %, φ 4\.50 ± 0\.71/,
  );
  assert.ok(labels!.sources.includes("labelledSharpness[labels=true,regime=SB,trial=0]"));
  const lost = of("labelled", { labels: "true", regime: "SB" }, 4).map((run) => ({
    ...run,
    diverged: run.trial === 1,
  }));
  const [figure] = sideFigures({ ...NO_SIDE_STUDIES, labelled: lost });
  assert.ok(figure!.sources.every((source) => !source.includes("trial=1")));
});

Deno.test("sideFigures() speaks of a dashed line only where one is drawn", async () => {
  const speaking = FIGURES.filter(({ caption }) => caption.includes("dashed"));
  assert.deepEqual(speaking.map(({ name }) => name), ["remedies", "reinitialised"]);
  for (const figure of FIGURES) {
    const dashes = (await renderFigure(figure)).svg.match(/stroke-dasharray="3,3"/g) ?? [];
    assert.equal(dashes.length > 0, speaking.includes(figure), figure.name);
  }
});
