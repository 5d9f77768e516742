/** From utterances to the examples of F2: windows of nine frames, one for each labelled frame. */
import type { LabelledFrames } from "../frames.ts";
import type { Audio } from "./audio.ts";
import { logMelEnergies, MEL_FILTERS, SAMPLE_RATE } from "./filter_bank.ts";
import { phoneStates, STATES, UNLABELLED } from "./phone_states.ts";
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

/** Mean and standard deviation of each filter's log energy. */
export interface FilterMoments {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/** Examples under way, in the order of the utterances. */
export interface SpeechExamples {
  /** @throws {RangeError} If the sound is not of 16 kHz. */
  add(utterance: Utterance): void;
  /** Over the frames of all utterances, labelled or not. */
  moments(): FilterMoments;
  /**
   * The examples, standardised: each log energy minus the mean, divided by the deviation.
   *
   * @param moments Of the training set, for either part.
   * @throws {RangeError} If no frame has a label.
   */
  examples(moments: FilterMoments): LabelledFrames;
}

/**
 * Collects examples.
 *
 * At the ends of an utterance the first and the last frame are repeated, so each frame has a window.
 */
export function speechExamples(set: PhoneSet): SpeechExamples {
  const padding = (CONTEXT - 1) / 2;
  const blocks: Float32Array[] = [];
  const starts: number[] = [];
  const labels: number[] = [];
  const sums = new Float64Array(MEL_FILTERS);
  const squares = new Float64Array(MEL_FILTERS);
  let frames = 0;
  let unpadded = 0;
  return {
    add({ name, audio, segments }) {
      if (audio.sampleRate !== SAMPLE_RATE) {
        throw new RangeError(
          `Cannot use ${name}: it has ${audio.sampleRate} Hz, want ${SAMPLE_RATE}`,
        );
      }
      const energies = logMelEnergies(audio.samples);
      const count = energies.length / MEL_FILTERS;
      if (count === 0) return;
      phoneStates(segments, count, set).forEach((label, t) => {
        if (label === UNLABELLED) return;
        starts.push(frames + t);
        labels.push(label);
      });
      energies.forEach((energy, i) => {
        sums[i % MEL_FILTERS] = sums[i % MEL_FILTERS]! + energy;
        squares[i % MEL_FILTERS] = squares[i % MEL_FILTERS]! + energy ** 2;
      });
      blocks.push(padded(energies, padding));
      frames += count + 2 * padding;
      unpadded += count;
    },
    moments() {
      const mean = sums.map((sum) => sum / unpadded);
      const deviation = squares.map((square, k) =>
        // Digital silence has no deviation, and is left as zeros.
        Math.sqrt(Math.max(0, square / unpadded - mean[k]! ** 2)) || 1
      );
      return { mean, deviation };
    },
    examples({ mean, deviation }) {
      if (labels.length === 0) {
        throw new RangeError(
          "Cannot make examples: no frame has a label; give utterances with phones",
        );
      }
      const all = new Float32Array(frames * MEL_FILTERS);
      let at = 0;
      for (const block of blocks) {
        block.forEach((energy, i) => {
          const k = i % MEL_FILTERS;
          all[at + i] = (energy - mean[k]!) / deviation[k]!;
        });
        at += block.length;
      }
      return {
        frames: all,
        width: MEL_FILTERS,
        context: CONTEXT,
        starts: Int32Array.from(starts),
        labels: Int32Array.from(labels),
        classes: PAPER_STATES,
      };
    },
  };
}

/** Classes that can have examples. */
export function usedStates(set: PhoneSet): number {
  return STATES * set;
}

function padded(energies: Float32Array, padding: number): Float32Array {
  const block = new Float32Array(energies.length + 2 * padding * MEL_FILTERS);
  const body = padding * MEL_FILTERS;
  block.set(energies, body);
  const last = energies.subarray(energies.length - MEL_FILTERS);
  for (let k = 0; k < padding; k++) {
    block.set(energies.subarray(0, MEL_FILTERS), k * MEL_FILTERS);
    block.set(last, body + energies.length + k * MEL_FILTERS);
  }
  return block;
}
