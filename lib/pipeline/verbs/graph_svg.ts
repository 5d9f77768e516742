/** The study's stages as a picture: boxes in columns by depth, arrows from left to right. */
import { collects } from "../config/reference.ts";
import type { StageDeclaration, Study } from "../config/study.ts";
import { counted } from "../display/format.ts";
import type { CellGraph } from "../plan/expand.ts";

const WIDTH = 170;
const HEIGHT = 54;
const GAP_X = 70;
const GAP_Y = 26;
const MARGIN = 12;

interface Box {
  readonly stage: StageDeclaration;
  readonly x: number;
  readonly y: number;
}

/**
 * An SVG of the stages; legible on light and dark ground.
 *
 * A stage stands in the column after the last one that it reads from. Within a column stages stand
 * at the mean height of what they read from (the barycentre method of Sugiyama et al. 1981).
 */
export function graphSvg({ stages }: Study, graph: CellGraph): string {
  const boxes = placeBoxes([...stages.values()]);
  const all = [...boxes.values()];
  const width = Math.max(...all.map(({ x }) => x)) + WIDTH + MARGIN;
  const height = Math.max(...all.map(({ y }) => y)) + HEIGHT + MARGIN;
  const edges = all.flatMap((to) => {
    const sources = new Map<string, boolean>();
    for (const { reference } of to.stage.inputs.values()) {
      sources.set(reference.stage, sources.get(reference.stage) || collects(reference));
    }
    return [...sources].map(([from, isThick]) => edge(boxes.get(from)!, to, isThick));
  });
  const nodes = all.map(({ stage, x, y }) => {
    const count = [...graph.values()].filter((cell) => cell.stage === stage).length;
    const axes = stage.matrix.length > 0 ? `${stage.matrix.join(" × ")}: ` : "";
    const line = (dy: number, size: number, text: string) =>
      `<text x="${x + WIDTH / 2}" y="${y + dy}" font-size="${size}">${escape(text)}</text>`;
    return `<g><title>${escape(stage.description ?? stage.name)}</title>` +
      `<rect x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="6"/>` +
      line(22, 14, short(stage.name, 20)) +
      line(41, 10, short(axes + counted(count, "cell"), 30)) + "</g>";
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ` +
    `width="${width}" height="${height}" role="img" aria-label="Stages of the study" ` +
    'font-family="system-ui, sans-serif" text-anchor="middle">',
    "<style>rect{fill:#e8eef7;stroke:#45618e}text{fill:#16233a}path{fill:none;stroke:#7a8aa5}" +
    "@media(prefers-color-scheme:dark){rect{fill:#22304a;stroke:#8aa5d6}text{fill:#e8eef7}}</style>",
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" ' +
    'markerUnits="userSpaceOnUse" orient="auto"><polygon points="0,0 8,4 0,8" fill="#7a8aa5"/>' +
    "</marker></defs>",
    ...edges,
    ...nodes,
    "</svg>",
    "",
  ].join("\n");
}

function placeBoxes(stages: readonly StageDeclaration[]): Map<string, Box> {
  const depths = new Map<string, number>();
  for (const { name, inputs } of stages) { // each stands after all that it reads from
    const above = [...inputs.values()].map(({ reference }) => depths.get(reference.stage)! + 1);
    depths.set(name, Math.max(0, ...above));
  }
  const boxes = new Map<string, Box>();
  for (let depth = 0; depth <= Math.max(...depths.values()); depth++) {
    const meanHeight = ({ inputs }: StageDeclaration) => {
      const heights = [...inputs.values()].map(({ reference }) => boxes.get(reference.stage)!.y);
      return heights.reduce((sum, y) => sum + y, 0) / Math.max(1, heights.length);
    };
    const column = stages.filter(({ name }) => depths.get(name) === depth)
      .map((stage) => ({ stage, wanted: meanHeight(stage) }))
      .sort((a, b) => a.wanted - b.wanted);
    for (const [i, { stage }] of column.entries()) {
      const x = MARGIN + depth * (WIDTH + GAP_X);
      boxes.set(stage.name, { stage, x, y: MARGIN + i * (HEIGHT + GAP_Y) });
    }
  }
  return boxes;
}

function edge(from: Box, to: Box, isThick: boolean): string {
  const [x1, y1] = [from.x + WIDTH, from.y + HEIGHT / 2];
  const [x2, y2] = [to.x, to.y + HEIGHT / 2];
  const bend = GAP_X * 0.6;
  return `<path d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}" ` +
    `stroke-width="${isThick ? 3 : 1.5}" marker-end="url(#tip)"/>`;
}

function short(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
