import type { SharpnessRecord } from "../results.ts";
import { distinguishingWay } from "../sharpness_way.ts";

/**
 * `, converged, several starts`: what the way of measuring adds to a panel's title, to tell it from
 * those of the same title; nothing where these records are measured in one way.
 *
 * @param alike The records of all panels that would have the same title.
 */
export function wayBeside(record: SharpnessRecord, alike: readonly SharpnessRecord[]): string {
  return distinguishingWay(record, alike).map((part) => `, ${part}`).join("");
}
