/** A small study with everything that the report shows, and the run that it could come from. */
import type { StudyFacts } from "../../lib/report/page/study_facts.ts";
import { diffusingRuns } from "../../lib/report/diffusion_table.ts";
import type {
  CurveRecords,
  DiffusionRecord,
  HistoryRecord,
  StudyRecords,
} from "../../lib/report/results.ts";
import { measuresRecord, spectrumRecord } from "./minimum_records.ts";
import { ritzRecord, sharpnessRecord, trainRecord, warmStartRecord } from "./records.ts";
import { SURFACES } from "./surfaces.ts";

const TRIALS = [0, 1, 2];
const REGIMES = ["SB", "LB"] as const;
const RUNS = REGIMES.flatMap((regime) => TRIALS.map((trial) => ({ regime, trial })));

/** φ of one trial: LB is the sharper one at both ε. */
function percentOf(regime: string, trial: number, epsilon: number): number {
  return (regime === "SB" ? 2 : 90) * (1 + trial / 4) * (epsilon / 1e-3) ** 2;
}

/** Three trials of each regime, two ε, full space and p = 100. */
export const STUDY: StudyRecords = {
  train: RUNS.map(({ regime, trial }) => trainRecord(regime, trial)),
  sharpness: RUNS.flatMap(({ regime, trial }) =>
    [1e-3, 5e-4].flatMap((epsilon) => {
      const percent = percentOf(regime, trial, epsilon);
      const labels = `eps=${epsilon},regime=${regime},trial=${trial}`;
      return [
        sharpnessRecord(regime, trial, percent, {
          epsilon,
          source: `sharpness[${labels},space=full]`,
          warnings: trial === 2 ? ["the maximiser & its <budget>"] : [],
        }),
        sharpnessRecord(regime, trial, percent / 1000, {
          epsilon,
          space: { dimension: 100, distribution: "gaussian", seed: 7 + trial },
          source: `sharpness[${labels},space=p100]`,
        }),
      ];
    })
  ),
  ritz: REGIMES.map((regime) => ritzRecord(regime, 0, regime === "SB" ? 0.02 : 0.5)),
  spectra: REGIMES.map((regime) => spectrumRecord(regime, 0, regime === "SB" ? 0.02 : 0.5)),
  measures: REGIMES.map((regime) =>
    measuresRecord(
      regime,
      0,
      regime === "SB" ? { rise: 1e-4, sigma: 0.02 } : { rise: 5e-4, sigma: 0.03 },
    )
  ),
  warm: [warmStartRecord(1, 75), warmStartRecord(5, 40)],
};

/** Three epochs of every run. */
const HISTORIES: readonly HistoryRecord[] = RUNS.map(({ regime, trial }) => ({
  network: "F1",
  regime,
  trial,
  diverged: false,
  source: `history[regime=${regime},trial=${trial}]`,
  points: [0, 1, 2, 3].map((epoch) => ({
    epoch,
    steps: (regime === "SB" ? 32 : 10) * epoch,
    trainLoss: 2.3 * 0.1 ** epoch * (1 + trial / 10),
    trainAccuracy: epoch === 0 ? 0.1 : 1 - 0.1 ** (epoch + 1),
    testAccuracy: epoch === 0 ? 0.1 : (regime === "SB" ? 0.97 : 0.96) - 0.02 / epoch,
    distanceFromStart: (regime === "SB" ? 6 : 3) * epoch,
  })),
}));

const POINTS = [-1, -0.5, 0, 0.5, 1, 1.5, 2].map((alpha) => ({
  alpha,
  trainLoss: 0.01 + (alpha * (1 - alpha)) ** 2,
  testLoss: 0.1 + (alpha * (1 - alpha)) ** 2,
  trainAccuracyPercent: 100 - 10 * Math.abs(alpha * (1 - alpha)),
  testAccuracyPercent: 97 - 10 * Math.abs(alpha * (1 - alpha)),
}));

/** 1 + log₂ t. */
const DIFFUSION: DiffusionRecord = {
  points: [1, 2, 4, 8].map((step, k) => ({ step, distance: 1 + k })),
  logarithmic: { intercept: 1, slope: 1 / Math.LN2, rSquared: 1 },
  power: { scale: 1.1, exponent: 0.64, rSquared: 0.98 },
};

/** What figures show beyond the tables. */
export const CURVES: CurveRecords = {
  histories: HISTORIES,
  paths: (["linear", "curvilinear"] as const).map((kind) => ({
    network: "F1",
    trial: 0,
    diverged: false,
    source: `path[kind=${kind}]`,
    kind,
    points: POINTS,
  })),
  trajectories: REGIMES.map((regime) => ({
    network: "F1",
    regime,
    trial: 0,
    diverged: false,
    source: `trajectory[regime=${regime}]`,
    epsilon: 1e-3,
    points: [1, 2, 3].map((epoch) => ({
      epoch,
      trainLoss: 10 ** -epoch,
      percent: regime === "SB" ? 30 / epoch : 30 * epoch,
    })),
  })),
  surfaces: SURFACES,
  batchSizes: [64, 256, 1024].map((batchSize) => ({
    network: "F1",
    trial: 0,
    diverged: false,
    source: `batchSize[batch=${batchSize}]`,
    batchSize,
    testAccuracyPercent: 98 - batchSize / 1024,
    sharpness: {
      percent: batchSize / 10,
      epsilon: 1e-3,
      source: `batchSizeSharpness[batch=${batchSize}]`,
    },
  })),
  diffusions: diffusingRuns(STUDY.train.map((run) => ({ ...run, diffusion: DIFFUSION })), []),
};

/** A study of which nothing has run. */
export const NOTHING: StudyRecords = {
  train: [],
  sharpness: [],
  ritz: [],
  spectra: [],
  measures: [],
  warm: [],
};

/** See {@link NOTHING}. */
export const NO_CURVES: CurveRecords = {
  histories: [],
  paths: [],
  trajectories: [],
  surfaces: [],
  batchSizes: [],
  diffusions: [],
};

/** A run in which all of {@link STUDY} is done, but for one training that failed. */
export const FACTS: StudyFacts = (() => {
  const sources = [
    ...STUDY.train,
    ...HISTORIES,
    ...CURVES.paths,
    ...CURVES.trajectories,
    ...CURVES.surfaces,
    ...CURVES.batchSizes,
    ...CURVES.batchSizes.flatMap(({ sharpness }) => sharpness ? [sharpness] : []),
    ...STUDY.sharpness,
    ...STUDY.ritz,
    ...STUDY.spectra,
    ...STUDY.measures,
    ...STUDY.warm,
    ...STUDY.warm.flatMap(({ sharpness }) => sharpness ? [sharpness] : []),
  ].map(({ source }) => source);
  const cellOfSource = Object.fromEntries(
    sources.map((source) => [source, source.replace(/^history/, "train")]),
  );
  const ids = [...new Set(Object.values(cellOfSource))];
  return {
    profile: "default",
    command: "deno task pipeline",
    stages: [
      { name: "train", description: "SB & LB", axes: ["regime", "trial"], reads: [] },
      { name: "sharpness", description: "", axes: ["eps"], reads: ["train"] },
      { name: "ritz", description: "", axes: [], reads: ["train"] },
      { name: "spectrum", description: "", axes: ["regime"], reads: ["train"] },
      { name: "measures", description: "", axes: ["regime"], reads: ["train"] },
      { name: "warm", description: "", axes: ["warmEpochs"], reads: ["train"] },
      { name: "path", description: "", axes: ["kind"], reads: ["train"] },
      { name: "trajectory", description: "", axes: ["regime"], reads: ["train"] },
      { name: "surface", description: "", axes: ["plane", "regime"], reads: ["train"] },
      { name: "batchSize", description: "", axes: ["batch"], reads: [] },
      { name: "batchSizeSharpness", description: "", axes: ["batch"], reads: ["batchSize"] },
      { name: "warmSharpness", description: "", axes: ["warmEpochs"], reads: ["warm", "train"] },
    ],
    cells: [
      ...ids.map((id, k) => ({
        id,
        stage: id.slice(0, id.indexOf("[")),
        state: "done" as const,
        key: k.toString(16).padStart(64, "0"),
        seconds: k + 0.5,
        parameters: { seed: 20170209 },
        command: `deno task stage ${id}`,
      })),
      {
        id: "train[regime=LB,trial=3]",
        stage: "train",
        state: "failed",
        reason: "the disk is full",
        parameters: {},
        command: "deno task stage train --regime LB --trial 3",
      },
    ],
    reportCell: "report",
    cellOfSource: {
      ...cellOfSource,
      "train[regime=LB,trial=3]": "train[regime=LB,trial=3]", // bound, though it has no result
    },
    environment: [["deno", "2.9.6"], [
      "engine of train, sharpness, ritz, warm, warmSharpness",
      "tensorflow 2.21.0, threads 1",
    ]],
  };
})();
