import assert from "node:assert/strict";
import { TUNINGS } from "../../lib/engine/tensorflow/tuning.ts";
import { readTuningRecord } from "../../lib/engine/tensorflow/tuning_record.ts";
import { processorKind } from "../../lib/engine/tensorflow/cpu_info.ts";
import { kernelSettings, kernelSettingsText } from "../../lib/engine/tensorflow/kernel_settings.ts";
import { startTimed } from "../../lib/tuning/timed_process.ts";
import { tune } from "../../lib/tuning/tune.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

const FAKE = new URL("./fake_timed.ts", import.meta.url).href;
const ENGINE = "ab12";

/** What tuning with fake processes keeps, and what it says. */
async function tuned(behaviours: Readonly<Record<string, string>> = {}) {
  await using folder = await temporaryFolder();
  const said: string[] = [];
  const env = (name: string) => ({ BASIN_CACHE: folder.path })[name];
  for (const [name, value] of Object.entries(behaviours)) Deno.env.set(`FAKE_${name}`, value);
  try {
    const record = await tune(ENGINE, {
      surroundings: { env },
      progress: {
        step: (title, act) => (said.push(title), act()),
        note: (line) => said.push(line),
      },
      measure: { program: FAKE, atOnce: 2, candidates: TUNINGS },
    });
    const found = readTuningRecord(folder.path, { processor: processorKind(), engine: ENGINE });
    assert.deepEqual(found.kind === "found" && found.record, record);
    const settings = kernelSettings(ENGINE, { env });
    return { record, said, settings, text: kernelSettingsText(settings) };
  } finally {
    for (const name of Object.keys(behaviours)) Deno.env.delete(`FAKE_${name}`);
  }
}

Deno.test("tune() keeps what is clearly faster, and the engine's settings follow it", async () => {
  const { record, said, settings, text } = await tuned();
  assert.equal(record.choice, "ymm");
  // Those after it meet it, not the defaults; one as fast as it does not replace it.
  assert.deepEqual(record.ratios, { ymm: 0.8, avx2: 1.5, eigen: 1 });
  assert.deepEqual(said, TUNINGS.map(({ what }) => `measure ${what}`));
  assert.equal(settings.variables.ONEDNN_CPU_ISA_HINTS, "PREFER_YMM");
  assert.match(text, /^kernels: 256-bit vectors, by measurement \(256-bit vectors 0\.80, /);
});

Deno.test("tune() passes over a choice whose process crashes, dies on the way or talks nonsense", async () => {
  for (const behaviour of ["dies at once", "dies in round 3", "talks nonsense"]) {
    const { record, said } = await tuned({ ymm: behaviour, eigen: behaviour });
    assert.equal(record.choice, "off", behaviour);
    assert.equal(said.filter((line) => line.startsWith("could not measure")).length, 2, behaviour);
  }
  const { said } = await tuned({ ymm: "dies at once" });
  assert.ok(
    said.includes(
      "could not measure 256-bit vectors: its process ended (exit status 132): Illegal instruction",
    ),
    said.join("\n"),
  );
});

Deno.test("tune() keeps nothing where the defaults cannot be measured", async () => {
  await assert.rejects(tuned({ off: "dies at once" }), /its process ended \(exit status 132\)/);
  await assert.rejects(tuned({ off: "dies in round 3" }), /its process ended \(exit status 1\)/);
});

Deno.test("tune() refuses while a variable is set that would win over its choice", async () => {
  for (const name of ["BASIN_TUNING", "ONEDNN_MAX_CPU_ISA", "TF_ENABLE_ONEDNN_OPTS"]) {
    const env = (asked: string) => ({ BASIN_CACHE: "/nowhere", [name]: "off" })[asked];
    await assert.rejects(tune(ENGINE, { surroundings: { env } }), {
      name: "RangeError",
      message: new RegExp(`Cannot choose kernels while ${name} is set, .*; unset it`),
    });
  }
});

Deno.test("startTimed() gives up on a process that hangs, and ends it", async () => {
  Deno.env.set("FAKE_avx2", "hangs");
  const waiting = async () => {
    await using timed = await startTimed(FAKE, "avx2", 1_000);
    await timed.round();
  };
  try {
    await assert.rejects(waiting, /it did not answer within 1 s/);
  } finally {
    Deno.env.delete("FAKE_avx2");
  }
});
