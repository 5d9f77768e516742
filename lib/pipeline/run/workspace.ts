/** A study that is open: what every verb and every run works on. */
import type { Study } from "../config/study.ts";
import type { EngineFacts, Runtime } from "../key/preimage.ts";
import type { StageModule } from "../key/stage_module.ts";
import type { Cell } from "../plan/cell.ts";
import type { CellGraph } from "../plan/expand.ts";
import type { FlagFault } from "../plan/parameters.ts";
import type { Layout } from "../store/layout.ts";
import type { ObjectMemo } from "../store/object_memo.ts";

/** A study, its cells, and the state of its stages' code. */
export interface Workspace {
  readonly study: Study;
  readonly graph: CellGraph;
  readonly layout: Layout;
  /** Absolute path of the folder that names of modules are relative to. */
  readonly project: string;
  readonly modules: ReadonlyMap<string, StageModule>;
  readonly runtime: Runtime;
  /** By stage name, of the stages that compute. */
  readonly engines: ReadonlyMap<string, EngineFacts>;
  /** Checks the parameters of further cells. @throws {StudyError} */
  check(cells: Iterable<Cell>): Promise<FlagFault[]>;
  /** Which objects of the store are sound. */
  readonly objects: ObjectMemo;
  /** Remembers the state of the code for the next run; the only thing here that writes. */
  remember(): void;
}
