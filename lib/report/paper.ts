/** The paper's own numbers: Keskar et al. 2017, tables 2 to 4, §2 and appendix E. */

/** Mean and standard deviation over the paper's five trials, in percent. */
export interface Published {
  readonly mean: number;
  readonly sd: number;
}

/** SB is small-batch, LB large-batch training. */
export type Regime = "SB" | "LB";

/** Trials behind every published number. */
export const PAPER_TRIALS = 5;

/** Iterations of L-BFGS-B after which the paper stopped its maximiser. */
export const PAPER_ITERATIONS = 10;

/** p, the number of A's columns in Table 4. */
export const PAPER_SUBSPACE_DIMENSION = 100;

/** Range of ‖x_s − x₀‖/‖x_l − x₀‖ that the paper reports. */
export const PAPER_DISTANCE_RATIO = [3, 10] as const;

type Pair = readonly [mean: number, sd: number];

function published([mean, sd]: Pair): Published {
  return { mean, sd };
}

/** Accuracy of one network, in percent. */
export type PublishedAccuracy = Readonly<Record<`${"train" | "test"}${Regime}`, Published>>;

function accuracy(trainSB: Pair, trainLB: Pair, testSB: Pair, testLB: Pair): PublishedAccuracy {
  return {
    trainSB: published(trainSB),
    trainLB: published(trainLB),
    testSB: published(testSB),
    testLB: published(testLB),
  };
}

/** Table 2: accuracy on training and test set. */
export const PAPER_ACCURACY: Readonly<Record<string, PublishedAccuracy>> = {
  F1: accuracy([99.66, 0.05], [99.92, 0.01], [98.03, 0.07], [97.81, 0.07]),
  F2: accuracy([99.99, 0.03], [98.35, 2.08], [64.02, 0.2], [59.45, 1.05]),
  C1: accuracy([99.89, 0.02], [99.66, 0.2], [80.04, 0.12], [77.26, 0.42]),
  C2: accuracy([99.99, 0.04], [99.99, 0.01], [89.24, 0.12], [87.26, 0.07]),
  C3: accuracy([99.56, 0.44], [99.88, 0.3], [49.58, 0.39], [46.45, 0.43]),
  C4: accuracy([99.1, 1.23], [99.57, 1.84], [63.08, 0.5], [57.81, 0.17]),
};

/** Sharpness of one network at one ε. */
export interface PublishedSharpness {
  readonly network: string;
  readonly epsilon: number;
  readonly SB: Published;
  readonly LB: Published;
}

type SharpnessRow = readonly [string, Pair, Pair, Pair, Pair];

/** From rows as the paper prints them: SB and LB at ε = 1e-3, then at 5e-4. */
function sharpnessTable(rows: readonly SharpnessRow[]): PublishedSharpness[] {
  return rows.flatMap(([network, small, large, smallHalf, largeHalf]) => [
    { network, epsilon: 1e-3, SB: published(small), LB: published(large) },
    { network, epsilon: 5e-4, SB: published(smallHalf), LB: published(largeHalf) },
  ]);
}

/** Table 3: sharpness in full space, A = I. */
export const PAPER_SHARPNESS_FULL: readonly PublishedSharpness[] = sharpnessTable([
  ["F1", [1.23, 0.83], [205.14, 69.52], [0.61, 0.27], [42.9, 17.14]],
  ["F2", [1.39, 0.02], [310.64, 38.46], [0.9, 0.05], [93.15, 6.81]],
  ["C1", [28.58, 3.13], [707.23, 43.04], [7.08, 0.88], [227.31, 23.23]],
  ["C2", [8.68, 1.32], [925.32, 38.29], [2.07, 0.86], [175.31, 18.28]],
  ["C3", [29.85, 5.98], [258.75, 8.96], [8.56, 0.99], [105.11, 13.22]],
  ["C4", [12.83, 3.84], [421.84, 36.97], [4.07, 0.87], [109.35, 16.57]],
]);

/** Table 4: sharpness in a random subspace of dimension p. */
export const PAPER_SHARPNESS_SUBSPACE: readonly PublishedSharpness[] = sharpnessTable([
  ["F1", [0.11, 0], [9.22, 0.56], [0.05, 0], [9.17, 0.14]],
  ["F2", [0.29, 0.02], [23.63, 0.54], [0.05, 0], [6.28, 0.19]],
  ["C1", [2.18, 0.23], [137.25, 21.6], [0.71, 0.15], [29.5, 7.48]],
  ["C2", [0.95, 0.34], [25.09, 2.61], [0.31, 0.08], [5.82, 0.52]],
  ["C3", [17.02, 2.2], [236.03, 31.26], [4.03, 1.45], [86.96, 27.39]],
  ["C4", [6.05, 1.13], [72.99, 10.96], [1.89, 0.33], [19.85, 4.12]],
]);

/** What a remedy came to for one network; sharpness at ε = 1e-3 and 5e-4 in full space. */
export interface PublishedRemedy {
  readonly network: string;
  /** The regime, by the name that this study gives it. */
  readonly regime: string;
  readonly test: Published;
  readonly sharpness?: Published;
  readonly sharpnessAtHalf?: Published;
}

type RemedyRow = readonly [network: string, test: Pair, atOne: Pair, atHalf: Pair];

function remedies(regime: string, rows: readonly RemedyRow[]): PublishedRemedy[] {
  return rows.map(([network, test, atOne, atHalf]) => ({
    network,
    regime,
    test: published(test),
    sharpness: published(atOne),
    sharpnessAtHalf: published(atHalf),
  }));
}

const SB_AUGMENTED: readonly (readonly [string, Pair])[] = [
  ["C1", [83.63, 0.14]],
  ["C2", [89.82, 0.12]],
  ["C3", [54.55, 0.44]],
  ["C4", [63.05, 0.5]],
];

/** Tables 6 and 7 of appendix E: data augmentation, and conservative training of large batches. */
export const PAPER_REMEDIES: readonly PublishedRemedy[] = [
  ...SB_AUGMENTED.map(([network, test]) => ({
    network,
    regime: "SB-augmented",
    test: published(test),
  })),
  ...remedies("LB-augmented", [
    ["C1", [82.5, 0.67], [231.77, 30.5], [45.89, 3.83]],
    ["C2", [90.26, 1.15], [468.65, 47.86], [105.22, 19.57]],
    ["C3", [53.03, 0.33], [103.68, 11.93], [37.67, 3.46]],
    ["C4", [65.88, 0.13], [271.06, 29.69], [45.31, 5.93]],
  ]),
  ...remedies("LB-conservative", [
    ["F1", [98.12, 0.01], [232.25, 63.81], [46.02, 12.58]],
    ["F2", [61.94, 1.1], [928.4, 51.63], [190.77, 25.33]],
    ["C1", [78.41, 0.22], [520.34, 34.91], [171.19, 15.13]],
    ["C2", [88.495, 0.63], [632.01, 208.01], [108.88, 47.36]],
    ["C3", [45.98, 0.54], [337.92, 33.09], [110.69, 3.88]],
    ["C4", [62.51, 0.67], [354.94, 20.23], [68.76, 16.29]],
  ]),
];
