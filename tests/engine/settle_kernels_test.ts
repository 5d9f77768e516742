import assert from "node:assert/strict";
import { locateNative } from "../../lib/engine/setup/location.ts";
import { processorKind } from "../../lib/engine/tensorflow/cpu_info.ts";
import { writeTuningRecord } from "../../lib/engine/tensorflow/tuning_record.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

const SCRIPT = new URL("./print_kernels.ts", import.meta.url).href;
const native = locateNative();
const FIXED = { BASIN_ENGINE: "tensorflow", BASIN_TUNING: "", TF_NUM_INTRAOP_THREADS: "1" };

/** Set by an engine that a test in this process has loaded, or by the caller: not what is tested. */
const SETTINGS = ["ONEDNN_MAX_CPU_ISA", "ONEDNN_CPU_ISA_HINTS", "TF_ENABLE_ONEDNN_OPTS"];

/** What a process of its own says under an environment. */
async function said(env: Readonly<Record<string, string>>) {
  const inherited = Object.entries(Deno.env.toObject()).filter(([name]) =>
    !SETTINGS.includes(name)
  );
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", SCRIPT],
    clearEnv: true,
    env: { ...Object.fromEntries(inherited), ...FIXED, ...env },
  }).output();
  const text = new TextDecoder();
  assert.ok(success, text.decode(stderr));
  const { foretold, description, ...rest } = JSON.parse(text.decode(stdout)) as {
    readonly text: string;
    readonly settled: string;
    readonly foretold: Readonly<Record<string, string | number>>;
    readonly description: Readonly<Record<string, string | number>>;
  };
  assert.deepEqual(description, foretold, "the loaded engine is what was foretold");
  return { ...rest, description };
}

Deno.test({
  name: "settleKernels() fixes what is asked for or set, and the engine's description has it",
  ignore: native === undefined,
  fn: async () => {
    const defaults = await said({ BASIN_TUNING: "off" });
    assert.equal(defaults.description.settings, undefined);
    const eigen = await said({ BASIN_TUNING: "eigen" });
    assert.equal(eigen.settled, "eigen");
    assert.deepEqual(eigen.description, {
      ...defaults.description,
      settings: "TF_ENABLE_ONEDNN_OPTS=0",
    });
    const own = await said({ BASIN_TUNING: "eigen", TF_ENABLE_ONEDNN_OPTS: "1" });
    assert.deepEqual(own.description, defaults.description);
    assert.equal(own.text, "kernels: as TF_ENABLE_ONEDNN_OPTS=1 says");
  },
});

Deno.test({
  name: "settleKernels() fixes what was measured, so that a later measurement changes nothing",
  ignore: native === undefined,
  fn: async () => {
    await using folder = await temporaryFolder();
    const release = native!.addonPath.split("/").at(-3)!;
    const installed = native!.addonPath.split("/").slice(0, -2).join("/");
    await Deno.symlink(installed, `${folder.path}/${release}`);
    const place = { processor: processorKind(), engine: native!.digest };
    await writeTuningRecord(folder.path, { ...place, choice: "ymm", ratios: { ymm: 0.9 } });
    const { settled, text, description } = await said({ BASIN_CACHE: folder.path });
    assert.equal(settled, "ymm");
    assert.equal(text, "kernels: 256-bit vectors, by measurement (256-bit vectors 0.90)");
    assert.equal(description.settings, "ONEDNN_CPU_ISA_HINTS=PREFER_YMM");
  },
});
