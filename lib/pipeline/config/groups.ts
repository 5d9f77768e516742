/** Parameter groups under `params`, with a profile's values over the study's own. */
import type { FaultList } from "./fault.ts";
import { nameFault } from "./name.ts";
import { entriesOf, fieldOf, itemsOf } from "./raw.ts";
import type { Json, Parameter, Parameters } from "./study.ts";
import { didYouMean } from "./suggest.ts";
import type { YamlPath } from "./source_text.ts";

/** Reads the groups, and checks that every profile changes only groups that there are. */
export function readGroups(
  raw: unknown,
  profile: string,
  faults: FaultList,
): ReadonlyMap<string, Parameters> {
  const { source } = faults;
  const groups = new Map<string, Map<string, Parameter>>();
  const read = (group: string, values: unknown, path: YamlPath) => {
    const parameters = groups.get(group) ?? new Map<string, Parameter>();
    for (const [name, value] of entriesOf(values)) {
      const at = [...path, name];
      const wrong = nameFault(name) ?? (name === "use" ? "`use` names groups in axes" : undefined);
      if (wrong) faults.add(source.keyAt(at), wrong);
      parameters.set(name, { value: value as Json, origin: "group", path: at });
    }
    groups.set(group, parameters);
  };
  for (const [group, values] of entriesOf(fieldOf(raw, "params"))) {
    const wrong = nameFault(group);
    if (wrong) faults.add(source.keyAt(["params", group]), wrong);
    read(group, values, ["params", group]);
  }
  for (const [name, overrides] of entriesOf(fieldOf(raw, "profiles"))) {
    for (const [group, values] of entriesOf(fieldOf(overrides, "params"))) {
      const path = ["profiles", name, "params", group];
      if (!groups.has(group)) {
        const hint = didYouMean(group, groups.keys());
        faults.add(source.keyAt(path), `there is no group \`params.${group}\`${hint}`);
      } else if (name === profile) read(group, values, path);
    }
  }
  return groups;
}

/** Reads a stage's `params`: names of groups and maps of parameters, later ones over earlier ones. */
export function readStageParameters(
  raw: unknown,
  path: YamlPath,
  groups: ReadonlyMap<string, Parameters>,
  faults: FaultList,
): Parameters {
  const parameters = new Map<string, Parameter>();
  for (const [i, item] of itemsOf(raw).entries()) {
    if (typeof item === "string") {
      const group = groups.get(item);
      for (const [name, parameter] of group ?? []) parameters.set(name, parameter);
      if (group) continue;
      const hint = didYouMean(item, groups.keys());
      faults.add(
        faults.source.valueAt([...path, i]),
        `there is no group \`params.${item}\`${hint}`,
      );
    }
    for (const [name, value] of entriesOf(item)) {
      const at = [...path, i, name];
      const wrong = nameFault(name);
      if (wrong) faults.add(faults.source.keyAt(at), wrong);
      parameters.set(name, { value: value as Json, origin: "group", path: at });
    }
  }
  return parameters;
}
