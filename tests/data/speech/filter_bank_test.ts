import assert from "node:assert/strict";
import { logMelEnergies } from "../../../lib/data/speech/filter_bank.ts";
import { powerSpectrum } from "../../../lib/data/speech/power_spectrum.ts";
import stored from "../../oracles/filter_bank_numpy.json" with { type: "json" };
import { assertClose } from "../../support/assert_close.ts";
import { patternBytes } from "../../support/files.ts";
import { tones } from "../../support/sound.ts";

Deno.test("powerSpectrum() is the square of the discrete Fourier transform", () => {
  for (const size of [2, 4, 16, 64]) {
    const frame = Float64Array.from(patternBytes(size), (byte) => byte - 128);
    const want = Array.from({ length: size / 2 + 1 }, (_, k) => {
      let [re, im] = [0, 0];
      frame.forEach((value, i) => {
        re += value * Math.cos(2 * Math.PI * k * i / size);
        im += value * Math.sin(2 * Math.PI * k * i / size);
      });
      return re ** 2 + im ** 2;
    });
    const power = new Float64Array(size / 2 + 1);
    powerSpectrum(size)(frame.slice(), power);
    assertClose(power, want, { relative: 1e-11, absolute: 1e-8 }); // sums of 64 terms of 1e4
  }
  assert.throws(() => powerSpectrum(400), /frames of 400 samples; want a power of two/);
});

Deno.test("logMelEnergies() agrees with NumPy", () => {
  const energies = logMelEnergies(tones(2000));
  assert.equal(energies.length, 40 * stored.frames);
  assertClose(energies, stored.energies, { relative: 1e-7 }); // rounded to float32
});

Deno.test("logMelEnergies() has whole frames only, and a floor in silence", () => {
  for (const [samples, frames] of [[0, 0], [399, 0], [400, 1], [559, 1], [560, 2]] as const) {
    assert.equal(logMelEnergies(new Int16Array(samples)).length, 40 * frames);
  }
  const silence = logMelEnergies(new Int16Array(400));
  assertClose(silence, new Float64Array(40).fill(-23 * Math.LN2), { relative: 1e-7 });
});

Deno.test("logMelEnergies() puts a tone into the filter around its frequency", () => {
  for (const hertz of [300, 1000, 3000, 7000]) {
    const tone = Int16Array.from(
      { length: 400 },
      (_, i) => Math.round(8000 * Math.sin(2 * Math.PI * hertz * i / 16_000)),
    );
    const energies = logMelEnergies(tone);
    const mel = (f: number) => 1127 * Math.log(1 + f / 700);
    const exact = 41 * (mel(hertz) - mel(20)) / (mel(8000) - mel(20)) - 1;
    const loudest = energies.indexOf(Math.max(...energies));
    assert.ok(Math.abs(loudest - exact) <= 0.8, `${hertz} Hz: filter ${loudest}, want ${exact}`);
  }
});
