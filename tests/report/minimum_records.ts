/** Hand-made spectra and measures, small enough to be counted on fingers. */
import type {
  MeasureAmount,
  MeasuresRecord,
  SpectrumRecord,
} from "../../lib/report/minimum_results.ts";
import type { Regime } from "../../lib/report/paper.ts";

function labelsOf(input: string, regime: Regime, trial: number) {
  return {
    network: "F1",
    regime,
    trial,
    diverged: false,
    source: `${input}[regime=${regime},trial=${trial}]`,
    dataset: "mnist-10k",
    batchNorm: "batch",
    evaluationBatch: 4000,
  };
}

/** Of 1000 eigenvalues 980 are at 0, ten each at a tenth of `top` and at `top`. */
export function spectrumRecord(
  regime: Regime,
  trial: number,
  top: number,
  change: Partial<SpectrumRecord> = {},
): SpectrumRecord {
  const grid = Array.from({ length: 109 }, (_, i) => top * (i - 4) / 100);
  return {
    ...labelsOf("spectrum", regime, trial),
    dimension: 1000,
    density: {
      steps: 3,
      probes: 1,
      seed: 1 + trial,
      grid,
      density: grid.map((lambda) =>
        [[0, 0.98], [top / 10, 0.01], [top, 0.01]].reduce(
          (sum, [node, weight]) =>
            sum + weight! * 40 / top * Math.exp(-0.5 * ((lambda - node!) / (top / 100)) ** 2),
          0,
        )
      ),
      nodes: [0, top / 10, top],
      weights: [0.98, 0.01, 0.01],
      residuals: [top / 50, top / 50, top / 1000],
    },
    trace: { mean: 11 * top, standardError: top, probes: 4 },
    directions: { epsilon: 1e-3, share: 0.05, percents: [3e-3, 1e-3, ...Array(18).fill(0)] },
    ...change,
  };
}

/** Expected sharpness and PAC-Bayes σ. */
export function measuresRecord(
  regime: Regime,
  trial: number,
  { rise, sigma }: { readonly rise: number; readonly sigma: number },
  change: Partial<MeasuresRecord> = {},
): MeasuresRecord {
  const expected: MeasureAmount = {
    name: "expected",
    title: "expected sharpness",
    scale: "σ 0.01",
    unit: "nats",
    sharper: "larger",
    amount: rise,
    standardError: rise / 10,
    how: "2 pairs, all-pairs",
  };
  const pacBayes: MeasureAmount = {
    name: "pac-bayes",
    title: "PAC-Bayes σ",
    scale: "rise 0.1",
    unit: "",
    sharper: "smaller",
    amount: sigma,
    how: "10 σ of 2 pairs, bracketed",
  };
  return { ...labelsOf("measures", regime, trial), measures: [expected, pacBayes], ...change };
}
