/** From utterances to the examples of F2: windows of nine frames, one for each labelled frame. */
import type { Audio } from "./audio.ts";
import { logMelEnergies, MEL_FILTERS, SAMPLE_RATE } from "./filter_bank.ts";
import { type FrameWindows, frameWindows } from "./frame_windows.ts";
import { phoneStates, STATES } from "./phone_states.ts";
import type { PhoneSegment } from "./phn.ts";
import type { PhoneSet } from "./phones.ts";

/** Frames of a window: the labelled one, and four on each side. */
const CONTEXT = 9;
/** Outputs of the paper's F2. Of them 3 × 61 or 3 × 39 have examples; the others stay unused. */
const PAPER_STATES = 1973;

/** Sound and what is said. */
export interface Utterance {
  /** For messages. */
  readonly name: string;
  readonly audio: Audio;
  readonly segments: readonly PhoneSegment[];
}

/** Examples under way, in the order of the utterances. */
export interface SpeechExamples extends Pick<FrameWindows, "moments" | "examples"> {
  /** @throws {RangeError} If the sound is not of 16 kHz. */
  add(utterance: Utterance): void;
}

/** Collects examples: {@link frameWindows} of log mel energies, labelled with phone states. */
export function speechExamples(set: PhoneSet): SpeechExamples {
  const windows = frameWindows({ width: MEL_FILTERS, context: CONTEXT, classes: PAPER_STATES });
  return {
    add({ name, audio, segments }) {
      if (audio.sampleRate !== SAMPLE_RATE) {
        throw new RangeError(
          `Cannot use ${name}: it has ${audio.sampleRate} Hz, want ${SAMPLE_RATE}`,
        );
      }
      const energies = logMelEnergies(audio.samples);
      windows.add(energies, phoneStates(segments, energies.length / MEL_FILTERS, set));
    },
    moments: windows.moments,
    examples: windows.examples,
  };
}

/** Classes that can have examples. */
export function usedStates(set: PhoneSet): number {
  return STATES * set;
}
