import assert from "node:assert/strict";
import { gatherWindows } from "../../../lib/data/frames.ts";
import { logMelEnergies } from "../../../lib/data/speech/filter_bank.ts";
import { speechExamples, type Utterance } from "../../../lib/data/speech/speech_examples.ts";
import { assertClose } from "../../support/assert_close.ts";
import { tones } from "../../support/sound.ts";

/** 21 and 11 frames; of the first one, all but the last are labelled. */
const UTTERANCES: readonly Utterance[] = [
  {
    name: "a",
    audio: { samples: tones(3600), sampleRate: 16_000 },
    segments: [{ start: 0, end: 3400, phone: "s" }],
  },
  {
    name: "b",
    audio: { samples: tones(2000).map((sample) => sample >> 1), sampleRate: 16_000 },
    segments: [{ start: 0, end: 2000, phone: "iy" }],
  },
];

/** Leaves the energies as they are. */
const PLAIN = { mean: new Float64Array(40), deviation: new Float64Array(40).fill(1) };

Deno.test("speechExamples() gives each frame four neighbours on either side, repeated at the ends", () => {
  const collected = speechExamples(61);
  UTTERANCES.forEach(collected.add);
  const { starts, labels, ...examples } = collected.examples(PLAIN);
  assert.equal(labels.length, 20 + 11);
  const windows = gatherWindows({ starts, labels, ...examples });
  let row = 0;
  for (const [i, { audio: { samples } }] of UTTERANCES.entries()) {
    const energies = logMelEnergies(samples);
    const last = energies.length / 40 - 1;
    for (let t = 0; t < [20, 11][i]!; t++, row++) {
      const want = Array.from({ length: 9 }, (_, k) => Math.min(last, Math.max(0, t + k - 4)))
        .flatMap((frame) => [...energies.subarray(40 * frame, 40 * frame + 40)]);
      assert.deepEqual([...windows.subarray(360 * row, 360 * row + 360)], want, `row ${row}`);
    }
  }
});

Deno.test("speechExamples() has the moments of all frames, none counted for its repetition", () => {
  const collected = speechExamples(61);
  UTTERANCES.forEach(collected.add);
  const energies = UTTERANCES.flatMap(({ audio }) => [...logMelEnergies(audio.samples)]);
  const { mean, deviation } = collected.moments();
  for (const filter of [0, 20, 39]) {
    const own = energies.filter((_, i) => i % 40 === filter);
    const ownMean = own.reduce((sum, value) => sum + value, 0) / own.length;
    const variance = own.reduce((sum, value) => sum + (value - ownMean) ** 2, 0) / own.length;
    // Sums of squares of about 10, in float64: cancellation leaves ten digits.
    assertClose([mean[filter]!, deviation[filter]!], [ownMean, Math.sqrt(variance)], {
      relative: 1e-9,
    });
  }
});

Deno.test("speechExamples() refuses another rate, skips what is too short, and wants a label", () => {
  const collected = speechExamples(39);
  const [first] = UTTERANCES;
  assert.throws(
    () => collected.add({ ...first!, audio: { ...first!.audio, sampleRate: 8000 } }),
    /^RangeError: Cannot use a: it has 8000 Hz, want 16000/,
  );
  collected.add({ ...first!, audio: { samples: tones(399), sampleRate: 16_000 } });
  collected.add({ ...first!, segments: [{ start: 0, end: 3600, phone: "q" }] });
  assert.throws(() => collected.examples(PLAIN), /no frame has a label/);
});
