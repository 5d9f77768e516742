/** Opens a study on disk, read and checked: what every verb starts from. */
import { dirname, relative, resolve } from "node:path";
import { FaultList } from "../config/fault.ts";
import { collectStudy } from "../config/parse_study.ts";
import type { Study } from "../config/study.ts";
import { canonicalJson, sha256 } from "../key/canonical.ts";
import { type EngineFacts, thisRuntime } from "../key/preimage.ts";
import { loadStage } from "../key/load_stage.ts";
import type { StageModule } from "../key/stage_module.ts";
import type { Cell } from "../plan/cell.ts";
import { type CellGraph, expandStudy, looseCells } from "../plan/expand.ts";
import {
  addSchemaFaults,
  addUntakenFaults,
  type FlagFault,
  selectParameters,
} from "../plan/parameters.ts";
import type { Workspace } from "../run/workspace.ts";
import { checkFormat, layoutOf } from "../store/layout.ts";
import { readNamedText } from "../store/named_file.ts";
import { openObjectMemo } from "../store/object_memo.ts";
import { writeModuleMemo } from "./module_memo.ts";
import { readModules } from "./read_modules.ts";
import { readStudies } from "./study_files.ts";

/** Where a study lies and what it runs with. */
export interface WorkspaceOptions {
  /** The YAML, relative to the current folder. */
  readonly file: string;
  readonly profile: string;
  /** The artifacts folder; `artifacts` beside the YAML if left out. */
  readonly artifacts?: string | undefined;
  /** Absolute path of the folder with the `deno.json` and `deno.lock` that workers run under. */
  readonly project: string;
  /** Describes the compute engine with so many threads; for stages with `engine: true`. */
  readonly engine: (threads: number) => EngineFacts | Promise<EngineFacts>;
}

/**
 * Reads a study and checks everything that can be checked before anything runs.
 *
 * @throws {RangeError} If the file cannot be read, or the artifacts are of another format.
 * @throws {StudyError} With all faults of the YAML and of its parameters.
 */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const { file, profile, project } = options;
  const path = resolve(file);
  const root = dirname(path);
  const text = readNamedText(file, "the study ", "name another with --file");
  const { study, faults } = collectStudy(text, {
    name: shortest(path),
    root,
    profile,
    studies: readStudies(root, shortest),
  });
  const layout = layoutOf(resolve(options.artifacts ?? resolve(root, "artifacts")));
  checkFormat(layout);
  const graph: CellGraph = faults.size === 0 ? expandStudy(study, faults) : new Map();
  const { memo, isFresh } = await readModules(study, layout, project, faults);
  const modules = new Map([...memo].map(([name, { module }]) => [name, module]));
  if (faults.size > 0) await addParameterFaults(study, modules, faults);
  faults.throwIfAny();
  let isChanged = isFresh;
  const check = async (cells: Iterable<Cell>): Promise<FlagFault[]> => {
    const wrong = new FaultList(study.source);
    const flags: FlagFault[] = [];
    addUntakenFaults(study, modules, cells, wrong);
    for (const cell of cells) {
      const { valid, module } = memo.get(cell.stage.module)!;
      const values = selectParameters(cell, module);
      const digest = sha256(canonicalJson(values)).slice(0, 16);
      if (valid.has(digest)) continue;
      const { parameters } = await loadStage(cell.stage.module);
      const before = wrong.size;
      const found = addSchemaFaults(cell, values, parameters, wrong);
      flags.push(...found);
      if (wrong.size > before || found.length > 0) continue;
      valid.add(digest);
      isChanged = true;
    }
    wrong.throwIfAny();
    return flags;
  };
  await check([...graph.values()]);
  const computing = [...study.stages.values()].filter(({ engine }) => engine);
  const engines = await Promise.all(
    computing.map(async ({ name, cpus }) => [name, await options.engine(cpus)] as const),
  );
  return {
    study,
    graph,
    layout,
    project,
    modules,
    runtime: thisRuntime(),
    engines: new Map(engines),
    objects: openObjectMemo(layout, Date.now),
    check,
    remember: () => {
      if (isChanged) writeModuleMemo(layout, memo, project);
      isChanged = false;
    },
  };
}

/** What can be said of the parameters of a study that has other faults. */
async function addParameterFaults(
  study: Study,
  modules: ReadonlyMap<string, StageModule>,
  faults: FaultList,
): Promise<void> {
  const cells = looseCells(study);
  addUntakenFaults(study, modules, cells, faults);
  for (const cell of cells) {
    const module = modules.get(cell.stage.module);
    if (!module) continue;
    const { parameters } = await loadStage(cell.stage.module);
    addSchemaFaults(cell, selectParameters(cell, module), parameters, faults, true);
  }
}

/** The path as a person in the current folder would write it: a name alone would be of a file here. */
function shortest(path: string): string {
  const near = relative(Deno.cwd(), path);
  return near.startsWith("..") && path.length < near.length ? path : near;
}
