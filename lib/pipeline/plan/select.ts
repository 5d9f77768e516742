/** Which cells a person means by `train[regime=LB]`. */
import { didYouMean } from "../config/suggest.ts";
import type { Cell } from "./cell.ts";
import type { CellGraph } from "./expand.ts";

/**
 * The cells that a selector names: `stage`, `stage[axis=label,…]`, or `stage axis=label …`.
 *
 * Axes that are left out stand for all their labels.
 *
 * @throws {RangeError} If there is no such stage, axis or cell.
 */
export function selectCells(graph: CellGraph, selector: readonly string[]): Cell[] {
  const text = selector.join(",");
  const [, stage = "", inside = ""] = /^([^[,/]*)[[,/]?([^\]]*)\]?$/.exec(text) ?? [];
  const stages = new Set([...graph.values()].map((cell) => cell.stage.name));
  if (!stages.has(stage)) {
    throw new RangeError(`Cannot find the stage \`${stage || text}\`${didYouMean(stage, stages)}`);
  }
  let cells = [...graph.values()].filter((cell) => cell.stage.name === stage);
  const named = new Set<string>();
  for (const part of inside.split(",").filter((part) => part !== "")) {
    const [axis = "", label = "", ...rest] = part.split("=").map((side) => side.trim());
    const axes = Object.keys(cells[0]!.labels);
    if (!part.includes("=") || rest.length > 0) {
      throw new RangeError(
        `Cannot find ${JSON.stringify(part)} in \`${stage}\`; write an axis and a label, as in ` +
          (axes.length > 0 ? `\`${cells[0]!.id}\`` : `\`axis=label\`; \`${stage}\` has no axes`),
      );
    }
    if (!axes.includes(axis)) {
      throw new RangeError(
        `Cannot find the axis \`${axis}\` of \`${stage}\`${didYouMean(axis, axes)}`,
      );
    }
    if (named.has(axis)) {
      throw new RangeError(`Cannot find cells by two labels of \`${axis}\`; name one, or none`);
    }
    named.add(axis);
    const labels = new Set(cells.map((cell) => cell.labels[axis]!));
    cells = cells.filter((cell) => cell.labels[axis] === label);
    if (cells.length === 0) {
      const hint = didYouMean(label, labels);
      throw new RangeError(`Cannot find a cell of \`${stage}\` with ${axis}=${label}${hint}`);
    }
  }
  return cells;
}

/** `cells` and all that they read from, directly or not, in the order of the graph. */
export function withUpstream(graph: CellGraph, cells: readonly Cell[]): Cell[] {
  const wanted = new Set<Cell>();
  const visit = (cell: Cell) => {
    if (wanted.has(cell)) return;
    wanted.add(cell);
    for (const input of cell.inputs) input.cells.forEach(visit);
  };
  cells.forEach(visit);
  return [...graph.values()].filter((cell) => wanted.has(cell));
}
