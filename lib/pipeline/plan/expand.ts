/** From stages with axes to cells, and from references to the cells they mean. */
import { FaultList } from "../config/fault.ts";
import { labelOf } from "../config/links.ts";
import { collects } from "../config/reference.ts";
import type {
  AxisValue,
  InputDeclaration,
  Parameter,
  StageDeclaration,
  Study,
} from "../config/study.ts";
import { type Cell, cellId, type CellInput, compareLabels, type Labels } from "./cell.ts";

/** The cells of a study by id; each after all that it reads from. */
export type CellGraph = ReadonlyMap<string, Cell>;

/** Axis → one of its values, in the order of the stage's matrix. */
type Combination = ReadonlyMap<string, AxisValue>;

/**
 * Expands a study into its cells.
 *
 * Parameters of a cell, later ones over earlier ones: the study's seed, the stage's `params`, its
 * axes' values in the order of the matrix, the extras of an `include` entry.
 *
 * @param others Takes the faults, so that they can be reported together with others.
 * @throws {StudyError} If a cell needs one that is excluded, or collects none, or a stage has none,
 *   unless `others` does.
 */
export function expandStudy(study: Study, others?: FaultList): CellGraph {
  const faults = others ?? new FaultList(study.source);
  const before = faults.size;
  const expansion = new Expansion(study, faults);
  const emptied: StageDeclaration[] = [];
  for (const stage of study.stages.values()) {
    const included = stage.include.map((entry) => {
      const combination = new Map(
        stage.matrix.map((axis) => [
          axis,
          study.axes.get(axis)!.values.find(({ label }) =>
            label === labelOf(entry.values.get(axis)!)
          )!,
        ]),
      );
      const extras = [...entry.values].filter(([name]) => !stage.matrix.includes(name));
      const parameters = extras.map(([name, value]): [string, Parameter] => [
        name,
        { value, origin: "group", path: [...entry.path, name] },
      ]);
      return { combination, extras: new Map(parameters) };
    });
    const idOf = (combination: Combination) => cellId(stage.name, labelsOf(combination));
    const extrasOf = new Map(
      included.map(({ combination, extras }) => [idOf(combination), extras]),
    );
    const combinations = product(stage.matrix.map((axis) => [axis, study.axes.get(axis)!.values]));
    const excluded = combinations.filter((combination) =>
      stage.exclude.some(({ values }) =>
        [...values].every(([axis, value]) => combination.get(axis)?.label === labelOf(value))
      )
    );
    const kept = combinations.filter((combination) => !excluded.includes(combination));
    if (kept.length + included.length === 0) emptied.push(stage);
    for (const combination of [...kept, ...included.map(({ combination }) => combination)]) {
      const id = idOf(combination);
      if (!expansion.cells.has(id)) expansion.add(stage, combination, extrasOf.get(id), false);
    }
  }
  // Who reads from such a stage has said so already.
  for (const { name, path, exclude } of faults.size === before ? emptied : []) {
    const at = study.source.keyAt(exclude[0]?.path.slice(0, -1) ?? path);
    faults.add(at, `stage \`${name}\` has no cell: \`exclude\` leaves none; keep one, or no stage`);
  }
  if (!others) faults.throwIfAny();
  return expansion.cells;
}

/**
 * Cells for checking the parameters of a study that has other faults and cannot be expanded.
 *
 * One for each stage and each value of each of its axes, reading nothing: enough to see every
 * value that is written down.
 */
export function looseCells({ stages, axes }: Study): Cell[] {
  return [...stages.values()].flatMap((stage) => {
    const own = stage.matrix.flatMap((axis) => axes.get(axis)?.values ?? []);
    const extras = stage.include.map(({ path, values }): AxisValue["parameters"] =>
      new Map(
        [...values].filter(([name]) => !stage.matrix.includes(name))
          .map(([name, value]) => [name, { value, origin: "group", path: [...path, name] }]),
      )
    );
    const added = [new Map(), ...own.map(({ parameters }) => parameters), ...extras];
    return added.map((more): Cell => ({
      id: stage.name,
      stage,
      labels: {},
      parameters: new Map([...stage.parameters, ...more]),
      inputs: [],
      adhoc: false,
    }));
  });
}

/** What flags of the command line ask of one stage. */
export interface AdhocRequest {
  readonly stage: StageDeclaration;
  /** Axis → the values to take; all of the axis' own for one that is left out. */
  readonly values: ReadonlyMap<string, readonly AxisValue[]>;
  /** Parameters over all others. */
  readonly parameters: ReadonlyMap<string, Parameter>;
}

/**
 * The cells that a request means: those of the study where it has them, else ad-hoc ones.
 *
 * An ad-hoc cell reads from the study's cells, or, along a joined axis whose value is not in the
 * study, from ad-hoc cells of the stages above. Collections only ever hold cells of the study.
 *
 * @returns The cells asked for, and all cells, the new ones after what they read from.
 * @throws {StudyError} If a cell would collect nothing.
 */
export function expandAdhoc(
  study: Study,
  graph: CellGraph,
  { stage, values, parameters }: AdhocRequest,
): { targets: Cell[]; cells: CellGraph } {
  const faults = new FaultList(study.source);
  const expansion = new Expansion(study, faults, graph);
  const axes = stage.matrix.map((axis): [string, readonly AxisValue[]] => [
    axis,
    values.get(axis) ?? study.axes.get(axis)!.values,
  ]);
  const isWhole = [...values].every(([axis, chosen]) =>
    chosen.every((value) => study.axes.get(axis)!.values.includes(value))
  );
  const targets: Cell[] = [];
  for (const combination of product(axes)) {
    const known = graph.get(cellId(stage.name, labelsOf(combination)));
    // Excluded combinations of the study's own values stay excluded.
    if (!known && isWhole) continue;
    const isChanged = !known ||
      [...parameters].some(([name, { value }]) =>
        JSON.stringify(known.parameters.get(name)?.value) !== JSON.stringify(value)
      );
    const cell = isChanged ? expansion.add(stage, combination, parameters, true) : known;
    targets.push(cell!);
  }
  faults.throwIfAny();
  return { targets, cells: expansion.cells };
}

class Expansion {
  readonly cells: Map<string, Cell>;
  readonly #byStage = new Map<string, Cell[]>();

  constructor(readonly study: Study, readonly faults: FaultList, known?: CellGraph) {
    this.cells = new Map(known);
    for (const cell of this.cells.values()) this.#index(cell);
  }

  add(
    stage: StageDeclaration,
    combination: Combination,
    extras: ReadonlyMap<string, Parameter> = new Map(),
    adhoc: boolean,
  ): Cell {
    const parameters = new Map(stage.parameters);
    for (const value of combination.values()) {
      for (const [name, parameter] of value.parameters) parameters.set(name, parameter);
    }
    for (const [name, parameter] of extras) parameters.set(name, parameter);
    const labels = labelsOf(combination);
    const changes = [...extras].map(([name, { value }]) => `${name}=${JSON.stringify(value)}`);
    const suffix = adhoc && changes.length > 0 ? `{${changes.sort().join(",")}}` : "";
    const cell: Cell = {
      id: cellId(stage.name, labels) + suffix,
      stage,
      labels,
      parameters,
      inputs: [...stage.inputs.values()].map((input) =>
        this.#resolve(stage, combination, input, adhoc)
      ),
      adhoc,
    };
    this.cells.set(cell.id, cell);
    this.#index(cell);
    return cell;
  }

  #index(cell: Cell): void {
    if (cell.adhoc) return;
    const cells = this.#byStage.get(cell.stage.name);
    if (cells) cells.push(cell);
    else this.#byStage.set(cell.stage.name, [cell]);
  }

  #resolve(
    stage: StageDeclaration,
    combination: Combination,
    { name, reference, path }: InputDeclaration,
    adhoc: boolean,
  ): CellInput {
    const upstream = this.study.stages.get(reference.stage)!;
    const wanted = new Map<string, AxisValue>();
    for (const axis of upstream.matrix) {
      const fixed = reference.selection.get(axis);
      const value = fixed === undefined
        ? reference.collectsAll ? undefined : combination.get(axis)
        : this.study.axes.get(axis)!.values.find(({ label }) => label === fixed);
      if (value) wanted.set(axis, value);
    }
    const labels = labelsOf(wanted);
    const input = { name, output: reference.output, path };
    if (collects(reference)) {
      const cells = (this.#byStage.get(upstream.name) ?? [])
        .filter((cell) => [...wanted].every(([axis, { label }]) => cell.labels[axis] === label))
        .sort((a, b) => compareLabels(a.labels, b.labels));
      if (cells.length === 0) {
        const own = cellId(stage.name, labelsOf(combination));
        this.#fault(path, `${own} would collect no cell of \`${upstream.name}\``);
      }
      return { ...input, collected: true, cells };
    }
    const id = cellId(upstream.name, labels);
    const found = this.cells.get(id) ??
      (adhoc ? this.add(upstream, wanted, undefined, true) : undefined);
    if (!found) {
      const own = cellId(stage.name, labelsOf(combination));
      this.#fault(path, `${own} reads ${id}, which is excluded; exclude the one or keep the other`);
    }
    return { ...input, collected: false, cells: found ? [found] : [] };
  }

  #fault(path: InputDeclaration["path"], message: string): void {
    this.faults.add(this.study.source.valueAt(path), message);
  }
}

function labelsOf(combination: Combination): Labels {
  const axes = [...combination.keys()].sort();
  return Object.fromEntries(axes.map((axis) => [axis, combination.get(axis)!.label]));
}

function product(axes: readonly (readonly [string, readonly AxisValue[]])[]): Combination[] {
  let combinations: Combination[] = [new Map()];
  for (const [axis, values] of axes) {
    combinations = combinations.flatMap((combination) =>
      values.map((value) => new Map([...combination, [axis, value]]))
    );
  }
  return combinations;
}
