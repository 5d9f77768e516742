import { median } from "./statistics.ts";
import type { PeerRound } from "./peer.ts";
import { type Task, VECTORS } from "./subject.ts";
import { BYTES_AN_ENTRY } from "./sum_rate.ts";

/** What one round measured, in milliseconds. */
export interface NetworkRound {
  /** Of the tasks that there was time for, the same ones in all rounds. */
  readonly ours: Readonly<Partial<Record<Task, number>>>;
  /** Multiply-adds a millisecond of a large matrix product, by the library that is fastest at it. */
  readonly rate: number;
  /** Bytes a millisecond of a sum of vectors of n, by the library that is fastest at it. */
  readonly bandwidth: number;
  /** By the peer's name. */
  readonly peers: Readonly<Record<string, PeerRound>>;
}

/** A network's rounds. */
export interface NetworkTimes {
  readonly network: string;
  readonly batch: number;
  /** n. */
  readonly dimension: number;
  readonly multiplyAdds: Readonly<Record<Task, number>>;
  readonly rounds: readonly NetworkRound[];
}

/** What the table calls each task. */
export const LABELS: Record<Task, string> = {
  gradient: "gradient, kept inside",
  gradientCopied: "gradient, copied out",
  step: "ADAM step",
  hessian: "Hv",
  hessians: "Hv, 4 at once",
};

/**
 * One row for each network and task: our median time, the floor, our ratio to it, and each peer's
 * best setting, as a ratio to ours. The floor is the time of the products, then of the passes over
 * vectors of n, each at the best rate of any library here.
 *
 * Ratios are taken within a round, and are medians over the rounds.
 */
export function networksTable(times: readonly NetworkTimes[], peers: readonly string[]): string {
  const head = [
    "",
    "",
    "ms",
    "GFLOP",
    "MB",
    "floor",
    "to floor",
    ...peers.flatMap((name) => [name, ""]),
  ];
  const rows = times.flatMap((network) =>
    (Object.keys(LABELS) as Task[]).map((task, i) => [
      i === 0 ? `${network.network}, batch ${network.batch}` : "",
      LABELS[task],
      ...ownColumns(network, task),
      ...peers.flatMap((name) => peerColumns(network.rounds, name, task)),
    ])
  );
  return aligned([head, ...rows]);
}

function ownColumns(
  { rounds, multiplyAdds, dimension }: NetworkTimes,
  task: Task,
): string[] {
  const bytes = VECTORS[task] * BYTES_AN_ENTRY * dimension;
  const floors = rounds.map(({ rate, bandwidth }) => multiplyAdds[task] / rate + bytes / bandwidth);
  const times = rounds.flatMap(({ ours }) => ours[task] ?? []);
  const isMeasured = times.length > 0;
  return [
    isMeasured ? median(times).toFixed(2) : "–",
    (2 * multiplyAdds[task] / 1e9).toFixed(2),
    (bytes / 1e6).toFixed(0),
    median(floors).toFixed(2),
    isMeasured ? `${median(times.map((time, i) => time / floors[i]!)).toFixed(2)}×` : "–",
  ];
}

/** Ratio of a peer's best setting to our time, and that setting's name. */
function peerColumns(rounds: readonly NetworkRound[], peer: string, task: Task): string[] {
  // A peer's gradient lies in the host's memory already.
  const theirs = task === "gradientCopied" ? "gradient" : task;
  if (rounds[0]!.ours[task] === undefined) return ["–", ""];
  const settings = Object.keys(rounds[0]!.peers[peer]?.[theirs] ?? {});
  const [best] = settings
    .map((setting) => ({
      setting,
      ratio: median(rounds.map(({ ours, peers }) => peers[peer]![theirs]![setting]! / ours[task]!)),
    }))
    .sort((a, b) => a.ratio - b.ratio);
  return best ? [`${best.ratio.toFixed(2)}×`, best.setting] : ["–", ""];
}

/** Columns of text: the first two and the settings to the left, numbers to the right. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, j) => Math.max(...rows.map((row) => row[j]!.length)));
  const toTheLeft = (j: number) => j < 2 || (j > 6 && j % 2 === 0);
  return rows.map((row) =>
    row
      .map((cell, j) => toTheLeft(j) ? cell.padEnd(widths[j]!) : cell.padStart(widths[j]!))
      .join("  ").trimEnd()
  ).join("\n");
}
