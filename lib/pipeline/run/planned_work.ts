import { pathToFileURL } from "node:url";
import type { Json } from "../config/study.ts";
import type { Cell } from "../plan/cell.ts";
import { selectParameters } from "../plan/parameters.ts";
import type { PlannedWork, Work, WorkEstimates } from "../work.ts";
import type { Workspace } from "./workspace.ts";

/** Says what cells do; `undefined` where the study has no estimate. */
export type WorkOf = (cell: Cell, parameters?: Readonly<Record<string, Json>>) => Work | undefined;

/**
 * Loads the estimates that a study names, if it names any.
 *
 * @throws {RangeError} If the module cannot be loaded, or has none.
 */
export async function loadEstimates(
  { study }: Pick<Workspace, "study">,
): Promise<WorkEstimates | undefined> {
  if (study.work === undefined) return undefined;
  const { default: estimates } = await import(pathToFileURL(study.work).href).catch((error) => {
    throw new RangeError(
      `Cannot estimate work by ${study.work}: ${
        error?.message ?? error
      }; mend it, or remove \`work\``,
    );
  });
  const isMap = typeof estimates?.stages === "object" && estimates.stages !== null;
  if (isMap && estimates.operationsPerSecond > 0) return estimates;
  throw new RangeError(
    `Cannot estimate work by ${study.work}: its default export has no \`stages\` and ` +
      "`operationsPerSecond`; see lib/pipeline/work.ts",
  );
}

/**
 * Asks the estimates about cells of a workspace; each upstream cell is looked at once.
 *
 * An estimate that throws, or gives no numbers, is of parameters that the stage itself will refuse:
 * nothing is known then.
 */
export function workOf(
  { modules }: Pick<Workspace, "modules">,
  estimates: WorkEstimates | undefined,
): WorkOf {
  const seen = new Map<Cell, PlannedWork>();
  const plannedOf = (cell: Cell): PlannedWork => {
    const known = seen.get(cell);
    if (known) return known;
    const module = modules.get(cell.stage.module);
    const planned = {
      parameters: selectParameters(cell, module ?? { fields: null }),
      inputs: Object.fromEntries(
        cell.inputs.map(({ name, cells }) => [name, cells.map(plannedOf)] as const),
      ),
    };
    seen.set(cell, planned);
    return planned;
  };
  return (cell, parameters) => {
    const estimate = estimates?.stages[cell.stage.run];
    if (!estimate) return undefined;
    const planned = plannedOf(cell);
    try {
      const work = estimate(parameters ? { ...planned, parameters } : planned);
      return isCount(work?.operations) && isCount(work?.bytes) ? work : undefined;
    } catch {
      return undefined;
    }
  };
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value < Infinity;
}
