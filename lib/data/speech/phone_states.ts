import { FRAME_LENGTH, FRAME_SHIFT } from "./filter_bank.ts";
import { UNLABELLED } from "./frame_windows.ts";
import type { PhoneSegment } from "./phn.ts";
import { phoneNumber, type PhoneSet } from "./phones.ts";

/** States of a phone: its beginning, middle and end. */
export const STATES = 3;

/**
 * Labels frames with phone states: 3 phone + state, where the states are thirds of a segment.
 *
 * A frame belongs to the segment in which its middle sample lies. The paper's 1973 classes are tied
 * states of context-dependent phones, found by a decision tree over an alignment of Kaldi; they
 * cannot be had without it.
 *
 * @param count Number of frames.
 * @returns For each frame 0 … 3 set − 1, or {@link UNLABELLED} between segments and, in the set of
 *   39 phones, in glottal stops.
 */
export function phoneStates(
  segments: readonly PhoneSegment[],
  count: number,
  set: PhoneSet,
): Int32Array {
  const labels = new Int32Array(count).fill(UNLABELLED);
  let next = 0;
  for (let t = 0; t < count; t++) {
    const middle = t * FRAME_SHIFT + FRAME_LENGTH / 2;
    while (next < segments.length && segments[next]!.end <= middle) next++;
    const segment = segments[next];
    if (segment === undefined || middle < segment.start) continue;
    const phone = phoneNumber(segment.phone, set);
    if (phone === undefined) continue;
    const { start, end } = segment;
    labels[t] = STATES * phone + Math.floor(STATES * (middle - start) / (end - start));
  }
  return labels;
}
