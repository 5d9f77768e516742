import type { Cell } from "../plan/cell.ts";
import { lastOnDevice } from "./last_on_device.ts";
import type { Workspace } from "./workspace.ts";

/**
 * How long cells will take, in seconds: as long as the last time; where a cell is new, as long as
 * the others of its stage on average. Each is looked up once, and only when asked for.
 */
export function expectations(workspace: Workspace): (cell: Cell) => number | undefined {
  const own = new Map<Cell, number | undefined>();
  const lastTime = (cell: Cell) => {
    if (!own.has(cell)) own.set(cell, lastOnDevice(workspace, cell)?.seconds);
    return own.get(cell);
  };
  const means = new Map<string, number | undefined>();
  return (cell) => {
    const { name } = cell.stage;
    const last = lastTime(cell);
    if (last !== undefined) return last;
    if (!means.has(name)) {
      const siblings = [...workspace.graph.values()].filter(({ stage }) => stage.name === name);
      const known = siblings.map(lastTime).filter((seconds) => seconds !== undefined);
      const sum = known.reduce((a, b) => a + b, 0);
      means.set(name, known.length > 0 ? sum / known.length : undefined);
    }
    return means.get(name);
  };
}
