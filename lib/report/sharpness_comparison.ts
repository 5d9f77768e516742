import { groupBy, soundOf } from "./groups.ts";
import { type MeanInterval, meanInterval, overPairs, settledSign } from "./interval.ts";
import type { SharpnessRecord } from "./results.ts";
import { keyOfWay } from "./sharpness_way.ts";
import { summarise, type Summary } from "./summary.ts";

/** SB's and LB's sharpness of a network at one ε, measured in one way, in percent. */
export interface SharpnessComparison {
  readonly network: string;
  readonly epsilon: number;
  /** What was compared, diverged runs included; one at least. */
  readonly records: readonly SharpnessRecord[];
  readonly SB: Summary | undefined;
  readonly LB: Summary | undefined;
  /** What the paper's budget found of both, where more was looked for. */
  readonly budgetSB: Summary | undefined;
  readonly budgetLB: Summary | undefined;
  /** Trials in which both were measured once: SB and LB of a trial share their start. */
  readonly pairs: number;
  /** The same over the pairs alone; absent without any. */
  readonly paired: { readonly SB: Summary; readonly LB: Summary } | undefined;
  /** Those of them in which LB is the sharper one. */
  readonly sharperPairs: number;
  /** Mean of ln(LB/SB) over the pairs in which both are positive. */
  readonly logRatio: MeanInterval | undefined;
  /** 1 where the pairs settle that LB is the sharper one, −1 that SB is, 0 where they settle nothing. */
  readonly settled: -1 | 0 | 1;
}

/**
 * Compares SB and LB for each network, ε and way of measuring; networks in the order in which they
 * come, from the largest ε down.
 */
export function compareSharpness(records: readonly SharpnessRecord[]): SharpnessComparison[] {
  return [...groupBy(records, ({ network }) => network).values()].flatMap((own) =>
    [...groupBy(own, (record) => `${record.epsilon} ${keyOfWay(record)}`).values()]
      .map(comparisonOf)
      .sort((a, b) => b.epsilon - a.epsilon)
  );
}

function comparisonOf(records: readonly SharpnessRecord[]): SharpnessComparison {
  const { network, epsilon } = records[0]!;
  const [SB, LB] = [soundOf(records, "SB"), soundOf(records, "LB")];
  const pairs = overPairs(SB, LB, (small, large) => [small.percent, large.percent] as const);
  const logRatios = pairs.map(([small, large]) => Math.log(large / small));
  const [small, large] = [
    summarise(pairs, ([value]) => value),
    summarise(pairs, (pair) => pair[1]),
  ];
  return {
    network,
    epsilon,
    records,
    SB: summarise(SB, ({ percent }) => percent),
    LB: summarise(LB, ({ percent }) => percent),
    budgetSB: budgetOf(SB),
    budgetLB: budgetOf(LB),
    pairs: pairs.length,
    paired: small && large && { SB: small, LB: large },
    sharperPairs: pairs.filter(([small, large]) => large > small).length,
    logRatio: meanInterval(logRatios.filter(Number.isFinite)),
    settled: settledSign(logRatios),
  };
}

function budgetOf(records: readonly SharpnessRecord[]): Summary | undefined {
  return summarise(records.filter(({ budget }) => budget), ({ budget }) => budget!.percent);
}
