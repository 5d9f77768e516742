import assert from "node:assert/strict";
import { readTimit, type Timit } from "../../lib/acquisition/timit.ts";
import { gatherWindows, type LabelledFrames } from "../../lib/data/frames.ts";
import { phoneNumber, type PhoneSet } from "../../lib/data/speech/phones.ts";
import {
  type CorpusLayout,
  hasEspeak,
  type Say,
  sayEspeak,
  sayTones,
  SPOKEN,
  writeCorpus,
} from "../support/speech_corpus.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

/** The digest that the error asks for, as a user would copy it. */
async function digestOf(dataDir: string): Promise<string> {
  const { message } = await readTimit({ dataDir, phones: 61 }).then(
    () => assert.fail("it was read without a digest"),
    (error: Error) => error,
  );
  return /before its content is pinned: .* parameters: digest: (sha256:[0-9a-f]{64})\. /.exec(
    message,
  )![1]!;
}

async function read(say: Say, layout: CorpusLayout, phones: PhoneSet = 61): Promise<Timit> {
  await using folder = await temporaryFolder();
  await writeCorpus(`${folder.path}/copy/timit`, say, layout);
  const digest = await digestOf(folder.path);
  return await readTimit({ dataDir: folder.path, phones, digest });
}

/** Share of the test set's labels that the nearest class mean of the training set gives, by phone. */
function nearestMeanAccuracy({ train, test }: Timit): number {
  const size = train.width * train.context;
  const sums = new Map<number, Float64Array>();
  const counts = new Map<number, number>();
  const windows = (examples: LabelledFrames) => {
    const all = gatherWindows(examples);
    return [...examples.labels].map((label, row) =>
      [label, all.subarray(row * size, (row + 1) * size)] as const
    );
  };
  for (const [label, features] of windows(train)) {
    const sum = sums.get(label) ?? new Float64Array(size);
    features.forEach((feature, i) => sum[i] = sum[i]! + feature);
    sums.set(label, sum);
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  let hits = 0;
  for (const [label, features] of windows(test)) {
    let [nearest, least] = [-1, Infinity];
    for (const [candidate, sum] of sums) {
      const count = counts.get(candidate)!;
      const distance = sum.reduce(
        (total, value, i) => total + (value / count - features[i]!) ** 2,
        0,
      );
      if (distance < least) [nearest, least] = [candidate, distance];
    }
    if (Math.floor(nearest / 3) === Math.floor(label / 3)) hits++;
  }
  return hits / test.labels.length;
}

Deno.test("readTimit() takes the copy that BASIN_DATA_DIR names where no folder is", async () => {
  await using folder = await temporaryFolder();
  await writeCorpus(`${folder.path}/copy/timit`, sayTones, { format: "sphere" });
  const digest = await digestOf(folder.path);
  const searchDir = folder.path;
  const found = await readTimit({ searchDir, phones: 61, digest });
  assert.equal(found.digest, digest);
  await assert.rejects(
    readTimit({ searchDir, dataDir: "/nowhere", phones: 61, digest }),
    /nowhere/,
  );
  await assert.rejects(readTimit({ phones: 61, digest }), /set BASIN_DATA_DIR or dataDir/);
});

const tones = await read(sayTones, { format: "sphere" });

Deno.test("readTimit() makes windows of 360 features and labels of phone states", () => {
  const { train, test, name, source } = tones;
  assert.equal(name, "timit-61x3");
  assert.match(source, /12 \+ 4 utterances without SA, 183 phone states in place of .* 1973/);
  for (const part of [train, test]) {
    assert.equal(part.width * part.context, 360);
    assert.equal(part.classes, 1973);
    const phones = new Set([...part.labels].map((label) => Math.floor(label / 3)));
    const wanted = ["h#", ...SPOKEN].map((phone) => phoneNumber(phone, 61)!);
    assert.deepEqual([...phones].sort((a, b) => a - b), wanted.sort((a, b) => a - b));
  }
  // Every frame is labelled here: of a speaker's sentence of n samples ⌊(n − 400)/160⌋ + 1.
  const frames = (speaker: number) =>
    4 * (Math.floor((3200 + 8 * (1900 + 100 * speaker) - 400) / 160) + 1);
  assert.equal(test.labels.length, frames(3));
  assert.equal(train.labels.length, frames(0) + frames(1) + frames(2));
});

Deno.test("readTimit() standardises both parts by the training set", () => {
  const centre = (examples: LabelledFrames) =>
    gatherWindows({
      ...examples,
      starts: examples.starts.map((start) => start + 4),
      context: 1,
    });
  const momentsOf = (values: Float32Array, filter: number) => {
    const own = values.filter((_, i) => i % 40 === filter);
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    return [mean, own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length] as const;
  };
  for (const filter of [0, 17, 39]) {
    const [mean, variance] = momentsOf(centre(tones.train), filter);
    assert.ok(Math.abs(mean) < 1e-4 && Math.abs(variance - 1) < 1e-4, `${mean}, ${variance}`);
    const [testMean] = momentsOf(centre(tones.test), filter);
    assert.ok(Math.abs(testMean) > 1e-4); // by its own moments it would be 0
  }
});

Deno.test("readTimit() gives the same examples from SPHERE, RIFF, capitals, conversions", async () => {
  const copies: CorpusLayout[] = [
    { format: "riff" },
    { format: "sphere", lowerCase: true },
    { format: "riff", converted: true, lowerCase: true },
  ];
  for (const layout of copies) {
    const copy = await read(sayTones, layout);
    assert.deepEqual(copy.train, tones.train);
    assert.deepEqual(copy.test, tones.test);
    assert.equal(copy.digest === tones.digest, layout.format === "sphere");
  }
});

Deno.test("readTimit() has features from which another speaker's phones can be told", () => {
  assert.ok(nearestMeanAccuracy(tones) > 0.9, `${nearestMeanAccuracy(tones)}`);
});

Deno.test({
  name: "readTimit() tells espeak-ng's phones by another voice (skipped without espeak-ng)",
  ignore: !await hasEspeak(),
  async fn() {
    const speech = await read(sayEspeak(), { format: "riff" }, 39);
    assert.equal(speech.name, "timit-39x3");
    // Chance is 1 in 9 phones.
    assert.ok(nearestMeanAccuracy(speech) > 0.5, `${nearestMeanAccuracy(speech)}`);
  },
});

Deno.test("readTimit() says what is wrong with a copy", async () => {
  const phones = 61;
  await assert.rejects(readTimit({ phones }), /licensed \(LDC93S1\) and cannot be downloaded/);
  await using folder = await temporaryFolder();
  const dataDir = folder.path;
  await assert.rejects(readTimit({ phones, dataDir }), /no folder has both TRAIN and TEST/);
  await assert.rejects(
    readTimit({ phones, dataDir: `${dataDir}/nowhere` }),
    /^Error: Cannot look for timit in .*nowhere/,
  );
  await writeCorpus(dataDir, sayTones, { format: "sphere" });
  const digest = `sha256:${"0".repeat(64)}`;
  await assert.rejects(
    readTimit({ phones, dataDir, digest }),
    /its digest is sha256:[0-9a-f]{64}, the study wants sha256:0000/,
  );
  const place = `${dataDir}/TEST/DR1/FAK3/SX30`;
  await Deno.writeTextFile(`${place}.PHN`, "0 100 h#\n100 90 sh\n");
  await assert.rejects(
    readTimit({ phones, dataDir, digest: await digestOf(dataDir) }),
    /^SyntaxError: Cannot read .*SX30\.PHN: line 2, "100 90 sh",/,
  );
  await Deno.truncate(`${place}.WAV`, 2000);
  await assert.rejects(
    readTimit({ phones, dataDir, digest: await digestOf(dataDir) }),
    /^SyntaxError: Cannot read .*SX30\.WAV: its header claims \d+ samples, 976 bytes follow/,
  );
  await Deno.remove(`${place}.WAV`);
  await assert.rejects(
    readTimit({ phones, dataDir }),
    /SX30\.PHN: it has no sound, TEST.*SX30\.WAV/,
  );
});
