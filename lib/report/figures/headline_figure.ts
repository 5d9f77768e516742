import { groupBy, sourcesOf } from "../groups.ts";
import { PAPER_ACCURACY, PAPER_SHARPNESS_FULL } from "../paper.ts";
import type { SharpnessRecord, TrainRecord } from "../results.ts";
import { compareSharpness, type SharpnessComparison } from "../sharpness_comparison.ts";
import { showSummary, summarise } from "../summary.ts";
import type { Figure, MissingFigure, Panel } from "./figure.ts";
import { strip } from "./sharpness_strip.ts";
import { wayBeside } from "./way_beside.ts";

const NAME = "headline";
const TITLE = "Sharpness of the minima, and accuracy on the test set";

/** Sharpness in full space and test accuracy of every trial: what the paper's abstract claims. */
export function headlineFigure(
  train: readonly TrainRecord[],
  sharpness: readonly SharpnessRecord[],
): Figure | MissingFigure {
  const sound = train.filter(({ diverged }) => !diverged);
  const full = sharpness.filter(({ space, diverged }) => space === "full" && !diverged);
  const comparisons = compareSharpness(full);
  if (sound.length === 0) {
    return { name: NAME, title: TITLE, missing: "No run has been trained to its end yet." };
  }
  const networks = [...groupBy(sound, ({ network }) => network)];
  const isAlone = networks.length === 1;
  return {
    name: NAME,
    title: TITLE,
    caption:
      "Lines of sharpness that rise say that LB is sharper, lines of accuracy that fall that it " +
      "generalises worse. A point is a trial; a line joins the two runs of one random start. Diamonds are the " +
      "paper's means with one standard deviation, on its own data. Sharpness φ (Metric 2.1, " +
      "logarithmic) is how much the loss can rise within a small box around the minimum.",
    alternative: networks.map(([network, own]) =>
      `${network}: ${
        [
          ...comparisons.filter((each) => each.network === network)
            .map((each) => sharpnessInWords(each, placeOf(each, comparisons))),
          accuracyInWords(own),
        ].join("; ")
      }.`
    ).join(" "),
    panels: networks.flatMap(([network, own]) => [
      ...comparisons.filter((each) => each.network === network)
        .map((each, k) => sharpnessPanel(each, k, placeOf(each, comparisons), isAlone)),
      accuracyPanel(network, own, isAlone),
    ]),
    sources: sourcesOf([...full, ...sound]),
  };
}

/** `ε = 1e-3`, and the way of measuring where the network was measured there in several. */
function placeOf(
  { network, epsilon, records: [first] }: SharpnessComparison,
  comparisons: readonly SharpnessComparison[],
): string {
  const alike = comparisons.filter((other) =>
    other.network === network && other.epsilon === epsilon
  );
  return `ε = ${epsilon.toExponential()}` +
    wayBeside(first!, alike.flatMap(({ records }) => records));
}

function sharpnessPanel(
  comparison: SharpnessComparison,
  k: number,
  place: string,
  isAlone: boolean,
): Panel {
  const { network, epsilon, records } = comparison;
  const values = records.map(({ regime, trial, percent }) => ({ regime, trial, value: percent }));
  const name = isAlone ? "" : `${network}: `;
  return {
    name: `${NAME}-sharpness-${network}-${k + 1}`,
    title: `${name}sharpness at ${place}`,
    spec: strip(values, {
      axis: "φ in %",
      paper: PAPER_SHARPNESS_FULL.find((row) => row.network === network && row.epsilon === epsilon),
      logarithmic: true,
    }),
  };
}

function accuracyPanel(network: string, records: readonly TrainRecord[], isAlone: boolean): Panel {
  const paper = PAPER_ACCURACY[network];
  const values = records.map(({ regime, trial, testAccuracyPercent }) => ({
    regime,
    trial,
    value: testAccuracyPercent,
  }));
  return {
    name: `${NAME}-accuracy-${network}`,
    title: `${isAlone ? "" : `${network}: `}accuracy on the test set`,
    spec: strip(values, {
      axis: "test accuracy in %",
      paper: paper && { SB: paper.testSB, LB: paper.testLB },
      logarithmic: false,
    }),
  };
}

function sharpnessInWords({ SB, LB }: SharpnessComparison, place: string): string {
  return `φ at ${place} is ${showSummary(SB)} % for small and ` +
    `${showSummary(LB)} % for large batches`;
}

function accuracyInWords(records: readonly TrainRecord[]): string {
  const [SB, LB] = (["SB", "LB"] as const).map((regime) =>
    summarise(
      records.filter((record) => record.regime === regime),
      ({ testAccuracyPercent }) => testAccuracyPercent,
    )
  );
  return `test accuracy is ${showSummary(SB)} % for small and ${
    showSummary(LB)
  } % for large batches`;
}
