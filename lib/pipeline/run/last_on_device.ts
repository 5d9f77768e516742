import type { EngineFacts } from "../key/preimage.ts";
import type { Cell } from "../plan/cell.ts";
import { readKeyDocument } from "../store/attempt.ts";
import type { ResultRecord } from "../store/record.ts";
import { deviceOf } from "./device.ts";
import { lastResult } from "./inspect.ts";
import type { Workspace } from "./workspace.ts";

/** The engine that computed a past result; `undefined` if none did. */
export function engineThen(
  { layout }: Pick<Workspace, "layout">,
  { attempt }: ResultRecord,
): EngineFacts | undefined {
  return readKeyDocument(layout, attempt)?.preimage.engine;
}

/**
 * A cell's last result, if it was computed on what would compute it today: only then says the time
 * that it took how long the cell will take.
 */
export function lastOnDevice(
  workspace: Pick<Workspace, "layout" | "study" | "engines">,
  cell: Cell,
): ResultRecord | undefined {
  const record = lastResult(workspace, cell);
  if (!record) return undefined;
  const now = deviceOf(workspace.engines.get(cell.stage.name));
  return deviceOf(engineThen(workspace, record)) === now ? record : undefined;
}
