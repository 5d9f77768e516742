/** The axes of a study under a profile. */
import { readAxis } from "./axis.ts";
import type { FaultList } from "./fault.ts";
import { nameFault } from "./name.ts";
import { entriesOf, fieldOf, itemsOf } from "./raw.ts";
import type { Axis, Parameters } from "./study.ts";
import { didYouMean } from "./suggest.ts";

/**
 * Reads the axes of the study and of every profile; returns those of the active one.
 *
 * A profile may bring an axis of its own if it gives it to a stage; any other is a misspelt one.
 */
export function readAxes(
  raw: unknown,
  profile: string,
  groups: ReadonlyMap<string, Parameters>,
  faults: FaultList,
): ReadonlyMap<string, Axis> {
  const axes = new Map<string, Axis>();
  for (const [name, axis] of entriesOf(fieldOf(raw, "axes"))) {
    const wrong = nameFault(name);
    if (wrong) faults.add(faults.source.keyAt(["axes", name]), wrong);
    axes.set(name, readAxis(name, axis, ["axes", name], groups, faults));
  }
  for (const [own, overrides] of entriesOf(fieldOf(raw, "profiles"))) {
    const used = new Set(
      entriesOf(fieldOf(overrides, "stages")).flatMap(([, stage]) =>
        itemsOf(fieldOf(stage, "matrix"))
      ),
    );
    for (const [name, axis] of entriesOf(fieldOf(overrides, "axes"))) {
      const path = ["profiles", own, "axes", name];
      if (!axes.has(name) && !used.has(name)) {
        const hint = didYouMean(name, axes.keys());
        faults.add(faults.source.keyAt(path), `there is no axis \`${name}\`${hint}`);
        continue;
      }
      const read = readAxis(name, axis, path, groups, faults);
      if (own === profile) axes.set(name, read);
    }
  }
  return axes;
}
