/** Hand-made results with means and spreads that can be checked on paper. */
import type { Regime } from "../../lib/report/paper.ts";
import type {
  RitzRecord,
  SharpnessRecord,
  TrainRecord,
  WarmStartRecord,
} from "../../lib/report/results.ts";

export function trainRecord(regime: Regime, trial: number, change: Partial<TrainRecord> = {}) {
  return {
    network: "F1",
    regime,
    trial,
    diverged: false,
    source: `train[regime=${regime},trial=${trial}]`,
    dataset: "mnist-10k",
    trainCount: 8000,
    testCount: 2000,
    batchSize: regime === "SB" ? 256 : 800,
    optimiser: "ADAM",
    learningRate: 1e-3,
    remedies: [],
    epochs: 25,
    steps: regime === "SB" ? 800 : 250,
    stopReason: "epochs",
    iterate: "least",
    batchNorm: "batch",
    evaluationBatch: 4000,
    parameterCount: 1462794,
    trainLoss: 1e-4,
    trainAccuracyPercent: 100,
    testAccuracyPercent: (regime === "SB" ? 97 : 96) + trial / 2,
    distanceFromStart: regime === "SB" ? 18 : 9,
    ...change,
  } satisfies TrainRecord;
}

export function sharpnessRecord(
  regime: Regime,
  trial: number,
  percent: number,
  change: Partial<SharpnessRecord> = {},
) {
  return {
    network: "F1",
    regime,
    trial,
    diverged: false,
    source: `sharpness[regime=${regime},trial=${trial}]`,
    dataset: "mnist-10k",
    epsilon: 1e-3,
    space: "full",
    protocol: "paper",
    start: "vertex",
    maxIterations: 10,
    percent,
    iterations: 10,
    evaluations: 12,
    stopReason: "max-iterations",
    activeShare: 0.5,
    moved: true,
    ...climb(percent),
    warnings: [],
    batchNorm: "batch",
    evaluationBatch: 4000,
    ...change,
  } satisfies SharpnessRecord;
}

/** A maximiser that got there in one iteration. */
function climb(percent: number): Pick<SharpnessRecord, "curve" | "restarts"> {
  const curve = [{ iteration: 0, percent: 0 }, { iteration: 1, percent }];
  return { curve, restarts: [{ start: "vertex", percent, stopReason: "max-iterations", curve }] };
}

export function ritzRecord(
  regime: Regime,
  trial: number,
  top: number,
  change: Partial<RitzRecord> = {},
): RitzRecord {
  return {
    network: "F1",
    regime,
    trial,
    diverged: false,
    source: `ritz[regime=${regime},trial=${trial}]`,
    dataset: "mnist-10k",
    batchNorm: "batch",
    evaluationBatch: 4000,
    basis: { dimension: 8, distribution: "gaussian", seed: 1 + trial },
    ritz: { values: [1e-7, 2e-6], residuals: [1e-6, 4e-5], products: 2 },
    lanczos: { values: [0, top], residuals: [1e-3, 1e-4], steps: 10, stopReason: "steps" },
    ...change,
  };
}

export function warmStartRecord(warmEpochs: number, percent?: number): WarmStartRecord {
  return {
    network: "F1",
    trial: 0,
    diverged: false,
    source: `warm[warmEpochs=${warmEpochs}]`,
    warmEpochs,
    epochs: 20,
    testBeforePercent: 93,
    testAfterPercent: 96,
    ...(percent !== undefined && {
      sharpness: {
        percent,
        epsilon: 1e-3,
        source: `warmSharpness[warmEpochs=${warmEpochs}]`,
      },
    }),
  };
}
