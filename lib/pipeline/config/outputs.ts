import type { FaultList } from "./fault.ts";
import { nameFault, outputPathFault } from "./name.ts";
import { entriesOf } from "./raw.ts";
import type { YamlPath } from "./source_text.ts";
import type { OutputDeclaration } from "./study.ts";

/** Reads a stage's outputs; no two may share a path, also where case does not count. */
export function readOutputs(
  raw: unknown,
  path: YamlPath,
  faults: FaultList,
): ReadonlyMap<string, OutputDeclaration> {
  const outputs = new Map<string, OutputDeclaration>();
  for (const [name, value] of entriesOf(raw)) {
    const wrongName = nameFault(name);
    if (wrongName) faults.add(faults.source.keyAt([...path, name]), wrongName);
    if (typeof value !== "string") continue;
    const at = faults.source.valueAt([...path, name]);
    const wrong = outputPathFault(value);
    if (wrong) faults.add(at, wrong);
    const own = value.replace(/\/$/, "");
    for (const other of outputs.values()) {
      const [a, b] = [own.toLowerCase(), other.path.toLowerCase()];
      if (a !== b && !a.startsWith(`${b}/`) && !b.startsWith(`${a}/`)) continue;
      faults.add(at, `output \`${name}\` lies where \`${other.name}\` does; give each its own`);
    }
    outputs.set(name, { name, path: own, kind: value.endsWith("/") ? "folder" : "file" });
  }
  return outputs;
}
