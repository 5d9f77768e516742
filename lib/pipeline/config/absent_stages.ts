/** Which stages a profile has. */
import type { FaultList } from "./fault.ts";
import { fieldOf, itemsOf } from "./raw.ts";
import { didYouMean } from "./suggest.ts";

/** The stages that the profile leaves out; checks what every profile names in `only`. */
export function absentStages(
  declared: readonly [string, unknown][],
  profiles: readonly [string, unknown][],
  profile: string,
  faults: FaultList,
): ReadonlySet<string> {
  const names = declared.map(([name]) => name);
  let present = declared.filter(([, stage]) => fieldOf(stage, "optional") !== true)
    .map(([name]) => name);
  for (const [own, overrides] of profiles) {
    const only = itemsOf(fieldOf(overrides, "only")).filter((name) => typeof name === "string");
    for (const [i, name] of only.entries()) {
      if (names.includes(name)) continue;
      const at = faults.source.valueAt(["profiles", own, "only", i]);
      faults.add(at, `there is no stage \`${name}\`${didYouMean(name, names)}`);
    }
    if (own === profile && fieldOf(overrides, "only") !== undefined) present = only;
  }
  return new Set(names.filter((name) => !present.includes(name)));
}
