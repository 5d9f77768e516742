/** The study's stages as a chart: who reads from whom, and how far each is. */
import { type Html, html } from "./html.ts";
import type { CellState, StageFacts, StudyFacts } from "./study_facts.ts";

const BOX = { width: 148, height: 58, gapX: 44, gapY: 22, margin: 8 } as const;

/** States in the order of a stage's bar, each with a name that says the same without colour. */
export const STATES: readonly CellState[] = [
  "done",
  "diverged",
  "running",
  "failed",
  "to run",
  "waits",
];

interface Place {
  readonly x: number;
  readonly y: number;
}

/** The chart as SVG; every box links to its cells. */
export function dag({ stages, cells }: StudyFacts): Html {
  const columns = columnsOf(stages);
  const places = placesOf(columns);
  const width = columns.length * (BOX.width + BOX.gapX) - BOX.gapX + 2 * BOX.margin;
  const tallest = Math.max(...columns.map((column) => column.length));
  const height = tallest * (BOX.height + BOX.gapY) - BOX.gapY + 2 * BOX.margin;
  const edges = stages.flatMap(({ name, reads }) =>
    reads.map((from) =>
      html`
        <path d="${edge(places.get(from)!, places.get(name)!)}" />
      `
    )
  );
  const boxes = stages.map((stage) => {
    const own = cells.filter((cell) => cell.stage === stage.name);
    const count = (state: CellState) => own.filter((cell) => cell.state === state).length;
    return box(stage.name, own.length, count, places.get(stage.name)!);
  });
  return html`
    <svg class="dag" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"
      role="group" aria-label="Stages of the study"><g class="edges">${edges}</g>${boxes}</svg>
  `;
}

/** Stages in columns: each right of all that it reads from. */
function columnsOf(stages: readonly StageFacts[]): string[][] {
  const depths = new Map<string, number>();
  // A study lists a stage in any order, so as many rounds as a chain can be long.
  for (let round = 0; round < stages.length; round++) {
    for (const { name, reads } of stages) {
      depths.set(name, Math.max(0, ...reads.map((from) => (depths.get(from) ?? 0) + 1)));
    }
  }
  const columns: string[][] = [];
  for (const { name } of stages) (columns[depths.get(name)!] ??= []).push(name);
  return columns;
}

function placesOf(columns: readonly (readonly string[])[]): ReadonlyMap<string, Place> {
  const tallest = Math.max(...columns.map((column) => column.length));
  return new Map(columns.flatMap((column, k) =>
    column.map((name, row) => {
      const offset = (tallest - column.length) * (BOX.height + BOX.gapY) / 2;
      const x = BOX.margin + k * (BOX.width + BOX.gapX);
      const y = BOX.margin + offset + row * (BOX.height + BOX.gapY);
      return [name, { x, y }] as const;
    })
  ));
}

function edge(from: Place, to: Place): string {
  const [x, y] = [from.x + BOX.width, from.y + BOX.height / 2];
  const [endX, endY] = [to.x, to.y + BOX.height / 2];
  const bend = BOX.gapX / 2;
  return `M${x},${y}C${x + bend},${y} ${endX - bend},${endY} ${endX},${endY}`;
}

function box(name: string, total: number, count: (state: CellState) => number, at: Place): Html {
  const inWords = STATES.filter((state) => count(state) > 0)
    .map((state) => `${count(state)} ${state}`).join(", ");
  const inner = BOX.width - 20;
  let left = 10;
  const bar = STATES.filter((state) => count(state) > 0).map((state) => {
    const width = inner * count(state) / total;
    const [x, kind] = [left.toFixed(1), state.replace(" ", "-")];
    left += width;
    return html`
      <rect class="state ${kind}" x="${x}" y="44" width="${width.toFixed(1)}" height="6" />
    `;
  });
  const where = `translate(${at.x},${at.y})`;
  return html`
    <a href="#cells-${name}" transform="${where}">
      <rect class="box" width="${BOX.width}" height="${BOX.height}" rx="6"/>
      <text x="10" y="21">${name}</text>
      <text class="small" x="10" y="37">${inWords || "no cells"}</text>
      ${bar}
    </a>
  `;
}
