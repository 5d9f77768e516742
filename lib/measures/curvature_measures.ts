/** The measures that the Hessian gives, and the share of sharp directions. */
import { hutchinsonTrace } from "../curvature/hutchinson_trace.ts";
import { lanczos } from "../curvature/lanczos.ts";
import { spectralDensity } from "../curvature/spectral_density.ts";
import { blockOperator, type IndexRange } from "../linalg/block_operator.ts";
import { sharpDirections } from "../sharpness/sharp_directions.ts";
import {
  type AmountError,
  errorOfLargest,
  errorOfLargestEigenvalue,
  errorOfMean,
} from "./amount_error.ts";
import { digits, type Measure, type MeasureInput, spread, standardErrorOf } from "./measure.ts";

/** Products for each layer: the largest eigenvalue of a block stands out after a few. */
const LAYER_STEPS = 4;

/** Starts of the density: in millions of dimensions one probe's bulk is already the mean's. */
const DENSITY_PROBES = 1;

/** For the cost: those of F1. */
const USUAL_LAYERS = 11;

/** Coordinates tried. */
const DRAWN_COORDINATES = 100;

/** What counts as the bulk: eigenvalues within this share of the largest |λ|. */
const BULK = 0.01;

/** By name. */
export const CURVATURE_MEASURES = {
  eigenvalues: {
    title: "largest eigenvalue of the Hessian",
    sharper: "larger",
    cost: ({ lanczosSteps }) => ({ products: lanczosSteps }),
    async measure({ hessian, options, note }) {
      const steps = Math.min(options.lanczosSteps, hessian.dimension);
      const result = await lanczos(hessian, {
        steps,
        seed: options.seed,
        onProduct: (done, total) => note(`product ${done} of ${total}`),
      });
      const { values, residuals, stopReason } = result;
      const largest = values.at(-1);
      const next = [...values.slice(-3, -1)].reverse().map(digits);
      return {
        amount: largest ?? NaN,
        error: errorOfLargestEigenvalue(result, hessian.dimension),
        value: largest === undefined ? "not found" : digits(largest),
        scale: "",
        how: (largest === undefined ? "" : `residual ${digits(residuals.at(-1)!)}; `) +
          (next.length > 0 ? `then ${next.join(", ")}; least ${digits(values[0]!)}; ` : "") +
          `${result.steps} products, ${stopReason}`,
        record: {
          values: [...values],
          residuals: [...residuals],
          steps: result.steps,
          stopReason,
        },
      };
    },
  },
  trace: {
    title: "trace of the Hessian",
    sharper: "larger",
    cost: ({ probes }) => ({ products: probes }),
    async measure({ hessian, options: { probes, seed } }) {
      const result = await hutchinsonTrace(hessian, { probes, seed });
      return {
        amount: result.mean,
        ...standardErrorOf(result.standardError),
        error: errorOfMean(result.mean, result.standardError, probes, "probe"),
        value: spread(result.mean, result.standardError),
        scale: "",
        how: `${probes} probes`,
        record: result,
      };
    },
  },
  density: {
    title: "spectral density of the Hessian",
    unit: "%",
    sharper: "smaller",
    cost: ({ lanczosSteps }) => ({ products: lanczosSteps * DENSITY_PROBES }),
    async measure({ hessian, options: { lanczosSteps, seed }, note }) {
      const steps = Math.min(lanczosSteps, hessian.dimension);
      const { nodes, weights, grid, density } = await spectralDensity(hessian, {
        steps,
        probes: DENSITY_PROBES,
        seed,
        onProduct: (done, total) => note(`product ${done} of ${total}`),
      });
      const largest = nodes.reduce((most, node) => Math.max(most, Math.abs(node)), 0);
      const bulk = weights.reduce(
        (sum, weight, i) => Math.abs(nodes[i]!) <= BULK * largest ? sum + weight : sum,
        0,
      );
      return {
        amount: 100 * bulk,
        error: { unknown: "one probe" },
        value: `${digits(100 * bulk)} %`,
        scale: `|λ| ≤ ${digits(BULK * largest)}`,
        how: `of all eigenvalues; ${nodes.length} products, ${DENSITY_PROBES} probe`,
        record: {
          bulk,
          nodes: [...nodes],
          weights: [...weights],
          grid: [...grid],
          density: [...density],
        },
      };
    },
  },
  layers: {
    title: "largest eigenvalue of each layer's block",
    sharper: "larger",
    cost: () => ({ products: LAYER_STEPS * USUAL_LAYERS }),
    async measure({ hessian, groups, options: { seed }, note }) {
      const layers: { layer: string; value: number; residual: number; products: number }[] = [];
      const errors: AmountError[] = [];
      const ranges = layerRanges(groups);
      for (const [layer, own] of ranges) {
        note(`${layer}, ${layers.length + 1} of ${ranges.size}`);
        const block = blockOperator(hessian, own);
        const steps = Math.min(LAYER_STEPS, block.dimension);
        const found = await lanczos(block, { steps, seed });
        errors.push(errorOfLargestEigenvalue(found, block.dimension));
        layers.push({
          layer,
          value: found.values.at(-1) ?? NaN,
          residual: found.residuals.at(-1) ?? NaN,
          products: found.steps,
        });
      }
      const [top] = layers.toSorted((a, b) => b.value - a.value);
      const list = layers.map(({ layer, value, residual }) =>
        `${layer} ${spread(value, residual)}`
      );
      return {
        amount: top?.value ?? NaN,
        error: errorOfLargest(errors),
        value: digits(top?.value ?? NaN),
        scale: top?.layer ?? "",
        how: `value ± residual: ${list.join(", ")}; ${LAYER_STEPS} products each`,
        record: layers,
      };
    },
  },
  directions: {
    title: "share of coordinates that are sharp",
    unit: "%",
    sharper: "larger",
    cost: () => ({ losses: 1 + 2 * DRAWN_COORDINATES }),
    async measure({ objective, x, options: { eps: epsilon, seed }, note }) {
      const result = await sharpDirections(objective, x, {
        epsilon,
        seed,
        count: Math.min(DRAWN_COORDINATES, x.length),
        onDirection: (done, total) => note(`coordinate ${done} of ${total}`),
      });
      const { percents, directions, share, evaluations } = result;
      return {
        amount: 100 * share,
        error: { unknown: percents.length < x.length ? "one draw" : "rounding" },
        value: Number.isNaN(share) ? "not known" : `${digits(100 * share)} %`,
        scale: `ε ${epsilon}`,
        how:
          (Number.isNaN(share)
            ? `f is not finite along one of ${percents.length} drawn coordinates; `
            : `of ${percents.length} drawn coordinates hold 95 % of the rise; `) +
          `largest φ ${digits(percents[0] ?? NaN)} %; ${evaluations} evaluations`,
        record: {
          epsilon,
          ...result,
          percents: [...percents],
          directions: [...directions],
        },
      };
    },
  },
} satisfies Readonly<Record<string, Measure>>;

/** The ranges of x that belong to each layer: its kernel and bias, or γ and β. */
function layerRanges(groups: MeasureInput["groups"]): Map<string, IndexRange[]> {
  const layers = new Map<string, IndexRange[]>();
  for (const { name, offset, length } of groups) {
    const layer = name.split("/")[0]!;
    const range = { start: offset, end: offset + length };
    layers.set(layer, [...layers.get(layer) ?? [], range]);
  }
  return layers;
}
