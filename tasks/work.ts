/** How much work the cells of the study are, for `plan`: which count goes with which stage. */
import type { WorkEstimates } from "../lib/pipeline/work.ts";
import {
  ofDownload,
  ofMeasures,
  ofPath,
  ofRitz,
  ofSharpness,
  ofSpectrum,
  ofSurface,
  ofTraining,
  ofTrajectory,
} from "../lib/study/work.ts";

export default {
  // A recent core with AVX-512 runs F1 and C1 at about this rate; see `deno task bench networks`.
  operationsPerSecond: 5e10,
  accelerators: {
    cuda: {
      measuredOn: "an NVIDIA H100's steps of F1 and C1",
      // Its steps of F1 (0.42 ms for a batch of 256) and of C1 (122 000 images a second), in float32.
      // Products as small as those of dense layers do not fill it.
      operationsPerSecond: (kind) => kind?.startsWith("F") ? 2.4e12 : 1.14e13,
    },
  },
  stages: {
    "tasks/download.ts": ofDownload,
    "tasks/train.ts": ofTraining,
    "tasks/warm_start.ts": ofTraining,
    "tasks/fine_tune.ts": ofTraining,
    "tasks/reinitialise.ts": ofTraining, // its few products with the Hessian left out
    "tasks/sharpness.ts": ofSharpness,
    "tasks/trajectory.ts": ofTrajectory,
    "tasks/ritz.ts": ofRitz,
    "tasks/spectrum.ts": ofSpectrum,
    "tasks/measures.ts": ofMeasures,
    "tasks/path.ts": ofPath,
    "tasks/surface.ts": ofSurface,
    "tasks/tables.ts": () => ({ operations: 0, bytes: 50_000 }),
    "tasks/report.ts": () => ({ operations: 0, bytes: 1_000_000 }),
  },
} satisfies WorkEstimates;
