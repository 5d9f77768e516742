import assert from "node:assert/strict";
import { decodeAudio } from "../../../lib/data/speech/decode_audio.ts";
import { damage } from "../../support/damage.ts";
import { riffFile, sphereFile, tones } from "../../support/sound.ts";

const samples = tones(300);

Deno.test("decodeAudio() reads SPHERE in both byte orders, and RIFF", () => {
  for (const file of [sphereFile(samples), sphereFile(samples, [], false), riffFile(samples)]) {
    assert.deepEqual(decodeAudio("a.wav", file), { samples, sampleRate: 16_000 });
    // An unaligned view, as of a part of a larger file.
    const moved = new Uint8Array(file.length + 1);
    moved.set(file, 1);
    assert.deepEqual(decodeAudio("a.wav", moved.subarray(1)).samples, samples);
  }
  assert.equal(decodeAudio("a.wav", riffFile(samples, 8000)).sampleRate, 8000);
});

Deno.test("decodeAudio() says what it cannot read, and how to help oneself", () => {
  const coded = "-s26 pcm,embedded-shorten-v2.00";
  const wrongs: [Uint8Array, RegExp][] = [
    [
      sphereFile(samples, [`sample_coding ${coded}`]),
      /coded as pcm,embedded-shorten-v2\.00; convert it, say with sph2pipe/,
    ],
    [
      sphereFile(samples, ["channel_count -i 2"]),
      /has 2 channels of 2-byte samples in the order 01/,
    ],
    [sphereFile(samples, ["sample_count -i 299"]), /claims 299 samples, 600 bytes follow/],
    [sphereFile(samples, ["sample_rate -i many"]), /its header has sample_rate = many/],
    [sphereFile(samples, ["sample_rate -i 0"]), /its header has sample_rate = 0/],
    [riffFile(samples, 0), /its sample rate is 0/],
    [sphereFile(samples, ["sample_rate 16000"]), /has the line "sample_rate 16000"/],
    [sphereFile(samples).subarray(0, 900), /SPHERE header is damaged or cut off/],
    [riffFile(samples).subarray(0, -1), /its chunk "data" claims 600 bytes, 599 follow/],
    [riffFile(samples).subarray(0, 48), /it has no samples/],
    [new TextEncoder().encode("OggS...."), /it begins with "OggS\.\.\.", want NIST_1A or RIFF/],
    [new Uint8Array(0), /it begins with "", want/],
  ];
  for (const [bytes, message] of wrongs) {
    assert.throws(() => decodeAudio("a.wav", bytes), message);
    assert.throws(() => decodeAudio("a.wav", bytes), /^SyntaxError: Cannot read a\.wav: /);
  }
  const stereo = riffFile(samples);
  stereo[22] = 2;
  assert.throws(() => decodeAudio("a.wav", stereo), /has 2 channels of 16-bit samples in coding 1/);
});

Deno.test("decodeAudio() never breaks down over damaged files", () => {
  let refused = 0;
  for (const original of [sphereFile(samples), riffFile(samples)]) {
    for (const { what, bytes } of damage(original, 6, 60)) {
      try {
        assert.ok(decodeAudio("a.wav", bytes).samples instanceof Int16Array, what);
      } catch (error) {
        assert.ok(error instanceof SyntaxError, `${what}: ${error}`);
        assert.match(error.message, /^Cannot read a\.wav: /, what);
        refused++;
      }
    }
  }
  assert.ok(refused > 200, `${refused}`);
});
