import assert from "node:assert/strict";
import type { Cell } from "../../../lib/pipeline/plan/cell.ts";
import type { CellForecast, Forecast } from "../../../lib/pipeline/run/forecast.ts";
import { costTable, costText } from "../../../lib/pipeline/verbs/cost.ts";

/** A forecast of cells of these stages; made-up needs. */
function forecastOf(
  needs: readonly [stage: string, CellForecast | undefined, cpus?: number][],
): Forecast {
  const cells = new Map(
    needs.map(([name, need, cpus = 1]) =>
      [{ stage: { name, cpus } } as unknown as Cell, need] as const
    ),
  );
  const known = needs.flatMap(([, need]) => need ? [need] : []);
  const sum = (accelerated: boolean) =>
    known.filter((need) => (need.accelerated ?? false) === accelerated)
      .reduce((total, { seconds }) => total + seconds, 0);
  const [work, acceleratorWork] = [sum(false), sum(true)];
  const bytes = known.reduce((total, { bytes }) => total + bytes, 0);
  const unknown = needs.length - known.length;
  return { cells, work, acceleratorWork, seconds: (work + acceleratorWork) / 2, bytes, unknown };
}

const HOUR = 3600;
const past = (seconds: number, kind?: string) => ({ seconds, bytes: 5e6, kind, estimated: false });
const guess = (seconds: number, kind?: string) => ({ ...past(seconds, kind), estimated: true });

Deno.test("costTable() sums by stage and kind, and marks what is estimated", () => {
  const table = costTable(forecastOf([
    ["load", guess(0)],
    ["train", past(600, "F1")],
    ["train", guess(5.5 * HOUR, "C1")],
    ["train", guess(47.5 * HOUR, "C1"), 2],
    ["probe", undefined],
  ]));
  assert.equal(
    table,
    "stage  cells  F1      C1      work    disk\n" +
      "load   1                              5.0 MB\n" +
      "train  3      10 min  ≈101 h  ≈101 h  15.0 MB\n" +
      "probe  1\n" +
      "all    5      10 min  ≈101 h  ≈101 h  20.0 MB\n",
  );
  const plain = costTable(forecastOf([["load", past(3)], ["train", past(2 * HOUR, "F1")]]));
  assert.match(plain, /^stage {2}cells {2}work {3}disk\n/, "one kind needs no column");
  assert.equal(costTable(forecastOf([["train", past(1)], ["train", past(2)]])), "");
});

Deno.test("costTable() takes the hours of an accelerator as they are, whatever the cores", () => {
  const onGpu = { ...guess(5 * HOUR, "C1"), accelerated: true } as const;
  const table = costTable(forecastOf([["load", past(60)], ["train", onGpu, 4]]));
  assert.match(table, /^train {2}1 {6}≈5\.0 h {2}5\.0 MB$/m);
});

Deno.test("costText() says whose rate an estimate is of, and the hours of an accelerator", () => {
  const onGpu = { ...guess(5 * HOUR), accelerated: true, measuredOn: "an NVIDIA H100" } as const;
  assert.equal(
    costText(forecastOf([["load", past(60)], ["train", onGpu, 4]])),
    "at most about ≈2.5 h (5.0 h of an accelerator, 60 s of work) and 10.0 MB of disk, " +
      "≈ estimated from the operations of 1 cell at the rate of an NVIDIA H100",
  );
});

Deno.test("costText() says hours, disk, and what they rest on", () => {
  const needs = forecastOf([["train", past(HOUR)], ["train", guess(29 * HOUR)]]);
  assert.equal(
    costText(needs, 12e9),
    "at most about ≈15 h (30 h of work) and 10.0 MB of disk (12.0 GB free), " +
      "≈ estimated from the operations of 1 cell",
  );
  assert.match(
    costText(forecastOf([["train", past(60)]])),
    /^at most about 30 s .*past results say$/,
  );
  assert.equal(
    costText(forecastOf([["train", undefined]])),
    "nothing is known of 1 cell: their stages never ran",
  );
});
