import type { Done, Part } from "./study_parts.ts";
import { PARTS } from "./study_parts.ts";
import type { Spent } from "./spent.ts";
import type { StudySizes } from "./study_sizes.ts";

/** What each side took for a part, round by round; theirs is empty without a peer. */
export interface PartRounds {
  readonly ours: readonly Done[];
  readonly theirs: readonly Done[];
}

/** Times by part with their ratios, and then what both found. */
export function studyTable(sizes: StudySizes, rounds: Readonly<Record<Part, PartRounds>>): string {
  const titles = titlesOf(sizes);
  const least = Object.fromEntries(PARTS.map((part) => [part, {
    ours: leastOf(rounds[part].ours),
    theirs: leastOf(rounds[part].theirs),
  }])) as Record<Part, { ours: Spent; theirs: Spent }>;
  const sum = (side: "ours" | "theirs", of: keyof Spent) =>
    PARTS.reduce((total, part) => total + least[part][side][of], 0);
  const all = {
    ours: { seconds: sum("ours", "seconds"), processor: sum("ours", "processor") },
    theirs: { seconds: sum("theirs", "seconds"), processor: sum("theirs", "processor") },
  };
  return [
    line("", ["Basin", "", "peer", "", "peer / Basin", ""]),
    line("", ["clock", "cpu", "clock", "cpu", "clock", "cpu"]),
    ...PARTS.map((part) => timesLine(titles[part], least[part])),
    timesLine("together", all),
    "",
    line("found", ["Basin", "peer", "apart"]),
    ...PARTS.flatMap((part) => foundLines(titles[part], rounds[part])),
  ].join("\n");
}

function titlesOf(sizes: StudySizes): Record<Part, string> {
  const { epochs, smallBatch, largeBatch, columns, lanczosSteps, ritzColumns } = sizes;
  const { densitySteps, traceProbes } = sizes;
  const plural = epochs === 1 ? "epoch" : "epochs";
  return {
    small: `training, ${epochs} ${plural} of ${smallBatch}`,
    large: `training, ${epochs} ${plural} of ${largeBatch}`,
    full: "φ, full space, 10 iterations",
    subspace: `φ, p = ${columns}, 10 iterations`,
    ritz: `Ritz values, ${lanczosSteps} + ${ritzColumns} products`,
    spectrum: `density and trace, ${densitySteps} + ${traceProbes} products`,
  };
}

/** The least of each: other work on the machine can only add. */
function leastOf(rounds: readonly Done[]): Spent {
  return {
    seconds: Math.min(...rounds.map(({ seconds }) => seconds)),
    processor: Math.min(...rounds.map(({ processor }) => processor)),
  };
}

function timesLine(title: string, { ours, theirs }: { ours: Spent; theirs: Spent }): string {
  const seconds = [ours.seconds, ours.processor, theirs.seconds, theirs.processor];
  const ratios = [theirs.seconds / ours.seconds, theirs.processor / ours.processor];
  return line(title, [
    ...seconds.map((value) => Number.isFinite(value) ? value.toFixed(2) : "–"),
    ...ratios.map((ratio) => Number.isFinite(ratio) ? ratio.toFixed(2) : "–"),
  ]);
}

function foundLines(title: string, { ours, theirs }: PartRounds): string[] {
  return Object.entries(ours[0]!.results).map(([name, value]) => {
    const other = theirs[0]?.results[name];
    const apart = other === undefined ? "–" : apartBy(value, other);
    return line(`${title}: ${name}`, [
      digits(value),
      other === undefined ? "–" : digits(other),
      apart,
    ]);
  });
}

function apartBy(a: number, b: number): string {
  const size = Math.max(Math.abs(a), Math.abs(b));
  return size === 0 ? "0" : (Math.abs(a - b) / size).toExponential(0);
}

function digits(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) < 1e-3 ? value.toExponential(5) : value.toPrecision(6);
}

function line(title: string, cells: readonly string[]): string {
  return title.padEnd(58) + cells.map((cell) => cell.padStart(12)).join("");
}
