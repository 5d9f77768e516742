/** A cell: one stage at one combination of its axes' values. */
import type { Parameters, StageDeclaration } from "../config/study.ts";
import type { YamlPath } from "../config/source_text.ts";

/** Axis → label, axes in code point order. */
export type Labels = Readonly<Record<string, string>>;

/** One input of a cell and the cells that make it. */
export interface CellInput {
  readonly name: string;
  /** Whether the stage asked for all of several cells. */
  readonly collected: boolean;
  /** The output read, of each of {@link cells}. */
  readonly output: string;
  /** One cell, or, where collected, all of them in the order of {@link compareLabels}. */
  readonly cells: readonly Cell[];
  /** Where the input is declared. */
  readonly path: YamlPath;
}

/** One stage at one combination of labels. */
export interface Cell {
  /** `train[network=F1,regime=LB,trial=0]`, or `download` for a stage without axes. */
  readonly id: string;
  readonly stage: StageDeclaration;
  readonly labels: Labels;
  /** All that is on offer; the stage's schema says which of them it takes. */
  readonly parameters: Parameters;
  readonly inputs: readonly CellInput[];
  /** Made by flags of the command line and not by the YAML. */
  readonly adhoc: boolean;
}

/** The name of the cell of `stage` at `labels`. */
export function cellId(stage: string, labels: Labels): string {
  const inside = labelText(labels);
  return inside === "" ? stage : `${stage}[${inside}]`;
}

/** `network=F1,trial=0`, axes in code point order. */
export function labelText(labels: Labels): string {
  return Object.keys(labels).sort().map((axis) => `${axis}=${labels[axis]}`).join(",");
}

/** Orders labels axis by axis: numbers by value, then the rest by code units. */
export function compareLabels(a: Labels, b: Labels): number {
  for (const axis of Object.keys(a).sort()) {
    const [left, right] = [a[axis]!, b[axis] ?? ""];
    if (left === right) continue;
    const [leftNumber, rightNumber] = [Number(left), Number(right)];
    if (Number.isNaN(leftNumber) !== Number.isNaN(rightNumber)) {
      return Number.isNaN(leftNumber) ? 1 : -1;
    }
    if (leftNumber < rightNumber) return -1;
    if (leftNumber > rightNumber) return 1;
    return left < right ? -1 : 1;
  }
  return 0;
}

/** The cells that `cell` reads from, each once. */
export function upstreamOf(cell: Cell): Cell[] {
  return [...new Set(cell.inputs.flatMap(({ cells }) => cells))];
}
