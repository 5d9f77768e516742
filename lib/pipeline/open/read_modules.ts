import type { FaultList } from "../config/fault.ts";
import { isFile } from "../config/is_file.ts";
import type { Study } from "../config/study.ts";
import { readStageModules } from "../key/stage_module.ts";
import type { Layout } from "../store/layout.ts";
import { type ModuleMemo, readModuleMemo } from "./module_memo.ts";

/**
 * The state of the code of a study's stages, from the memo where it is still right.
 *
 * @param faults Where modules that cannot be read are told, at their place in the YAML.
 */
export async function readModules(
  study: Study,
  layout: Layout,
  project: string,
  faults: FaultList,
): Promise<{ memo: Map<string, ModuleMemo>; isFresh: boolean }> {
  const named = new Set([...study.stages.values()].map(({ module }) => module));
  // One that is not there is among the faults already.
  const wanted = [...named].filter(isFile);
  const memo = readModuleMemo(layout, wanted, project);
  const unknown = wanted.filter((module) => !memo.has(module));
  const read = unknown.length === 0 ? new Map() : await readStageModules(unknown, project);
  for (const [module, result] of read) {
    if (!(result instanceof Error)) {
      memo.set(module, { ...result, valid: new Set() });
      continue;
    }
    for (const stage of study.stages.values()) {
      if (stage.module !== module) continue;
      const at = study.source.valueAt([...stage.path, "run"]);
      faults.add(at, `cannot load ${stage.run}: ${result.message.split("\n")[0]}`);
    }
  }
  return { memo, isFresh: unknown.length > 0 };
}
