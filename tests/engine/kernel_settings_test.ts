import assert from "node:assert/strict";
import {
  kernelFacts,
  kernelSettings,
  kernelSettingsNote,
  kernelSettingsText,
} from "../../lib/engine/tensorflow/kernel_settings.ts";
import { TUNINGS } from "../../lib/engine/tensorflow/tuning.ts";
import { tuningRecordPath, writeTuningRecord } from "../../lib/engine/tensorflow/tuning_record.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

const PLACE = { processor: "vendor_id GenuineIntel, cpu family 6, model 85", engine: "ab12" };
const FLAGS = "flags : sse2 avx avx2 avx512f avx512_vnni";

/** Settings on that processor, with a cache that may hold a record, under an environment. */
async function settingsOf(
  choice: string | undefined,
  env: Readonly<Record<string, string>> = {},
) {
  await using folder = await temporaryFolder();
  const ratios = { ymm: 0.9, eigen: 1.3 };
  if (choice !== undefined) await writeTuningRecord(folder.path, { ...PLACE, choice, ratios });
  const all: Record<string, string> = { BASIN_CACHE: folder.path, ...env };
  return kernelSettings(PLACE.engine, { env: (name) => all[name] }, PLACE.processor);
}

Deno.test("kernelSettings() of nothing, of a record of the defaults, and of BASIN_TUNING=off add nothing to keys", async () => {
  for (
    const settings of [
      await settingsOf(undefined),
      await settingsOf("off"),
      await settingsOf("ymm", { BASIN_TUNING: "off" }),
      await settingsOf(undefined, {
        TF_ENABLE_ONEDNN_OPTS: "true",
        ONEDNN_CPU_ISA_HINTS: "no_hints",
      }),
    ]
  ) {
    assert.deepEqual(kernelFacts(settings.variables, FLAGS), { instructions: "avx512-vnni" });
  }
});

Deno.test("each choice of kernels has a description of its own", async () => {
  const said = [{}, ...TUNINGS.map(({ variables }) => variables)]
    .map((variables) => JSON.stringify(kernelFacts(variables, FLAGS)));
  assert.equal(new Set(said).size, 1 + TUNINGS.length);
  const { variables } = await settingsOf("ymm");
  assert.equal(kernelFacts(variables, FLAGS).settings, "ONEDNN_CPU_ISA_HINTS=PREFER_YMM");
});

Deno.test("kernelSettings() prefers a variable of one's own to BASIN_TUNING, and that to the record", async () => {
  const own = await settingsOf("ymm", { BASIN_TUNING: "eigen", TF_ENABLE_ONEDNN_OPTS: "1" });
  assert.deepEqual(own.variables, { TF_ENABLE_ONEDNN_OPTS: "1" });
  const asked = await settingsOf("ymm", { BASIN_TUNING: "eigen" });
  assert.deepEqual(asked.variables, { TF_ENABLE_ONEDNN_OPTS: "0" });
  const limited = await settingsOf(undefined, { ONEDNN_MAX_CPU_ISA: "AVX2" });
  assert.equal(kernelFacts(limited.variables, FLAGS).instructions, "avx512-vnni, at most AVX2");
  await assert.rejects(settingsOf(undefined, { BASIN_TUNING: "fast" }), {
    name: "RangeError",
    message: /BASIN_TUNING=fast; set it to off, ymm, avx2 or eigen, or unset it/,
  });
});

Deno.test("kernelSettings() says who chose", async () => {
  const text = async (...given: Parameters<typeof settingsOf>) =>
    kernelSettingsText(await settingsOf(...given));
  assert.match(await text(undefined), /^kernels: the defaults; `deno task setup --tune` looks/);
  assert.equal(
    await text("off"),
    "kernels: the defaults, by measurement (256-bit vectors 0.90, Eigen's kernels, not oneDNN's 1.30)",
  );
  assert.equal(
    await text("off", { BASIN_TUNING: "avx2" }),
    "kernels: AVX2 at most, as BASIN_TUNING=avx2 says",
  );
  assert.equal(
    await text("ymm", { ONEDNN_MAX_CPU_ISA: "AVX2" }),
    "kernels: as ONEDNN_MAX_CPU_ISA=AVX2 says",
  );
});

Deno.test("a damaged record, or another processor's in its place, means the defaults and one note", async () => {
  const good = JSON.stringify({ ...PLACE, choice: "ymm", ratios: { ymm: 0.9 } });
  const texts = [
    "",
    good.slice(0, 40),
    "null",
    '"ymm"',
    good.replace("ymm", "warp"),
    good.replace("0.9", '"0.9"'),
    good.replace("model 85", "model 86"),
    good.replace("ab12", "cd34"),
    good.replace('"ratios":', '"times":'),
  ];
  for (const text of texts) {
    await using folder = await temporaryFolder();
    const path = tuningRecordPath(folder.path, PLACE);
    await Deno.writeTextFile(path, text);
    const env = (name: string) => ({ BASIN_CACHE: folder.path })[name];
    const settings = kernelSettings(PLACE.engine, { env }, PLACE.processor);
    assert.deepEqual(settings.tuning.variables, {}, text);
    const note = kernelSettingsNote(settings);
    assert.ok(note.startsWith(`cannot read ${path}, so the kernels are the defaults;`), note);
    assert.ok(!note.includes("\n"));
  }
  assert.equal(kernelSettingsNote(await settingsOf("ymm")), "");
});
