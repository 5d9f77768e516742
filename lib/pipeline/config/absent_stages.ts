/** Which stages a profile has. */
import type { FaultList } from "./fault.ts";
import { entriesOf, fieldOf, itemsOf } from "./raw.ts";
import { didYouMean } from "./suggest.ts";

/**
 * The stages that the profile leaves out; checks what every profile names in `only`.
 *
 * @param ofAll The stages of the study.
 * @param further Those that this profile alone has.
 */
export function absentStages(
  ofAll: readonly [string, unknown][],
  further: readonly [string, unknown][],
  profiles: readonly [string, unknown][],
  profile: string,
  faults: FaultList,
): ReadonlySet<string> {
  const names = [...ofAll, ...further].map(([name]) => name);
  let present = [...ofAll, ...further].filter(([, stage]) => fieldOf(stage, "optional") !== true)
    .map(([name]) => name);
  for (const [own, overrides] of profiles) {
    const listed = fieldOf(overrides, "only");
    const only = itemsOf(listed).filter((name) => typeof name === "string");
    if (Array.isArray(listed) && listed.length === 0) {
      const at = faults.source.valueAt(["profiles", own, "only"]);
      faults.add(at, `the profile \`${own}\` has no stage; name one, or leave \`only\` out`);
    }
    const known = [
      ...ofAll.map(([name]) => name),
      ...entriesOf(fieldOf(overrides, "stages")).map(([name]) => name),
    ];
    for (const [i, name] of only.entries()) {
      if (known.includes(name)) continue;
      const at = faults.source.valueAt(["profiles", own, "only", i]);
      faults.add(at, `there is no stage \`${name}\`${didYouMean(name, known)}`);
    }
    if (own === profile && listed !== undefined) present = only;
  }
  return new Set(names.filter((name) => !present.includes(name)));
}
