import assert from "node:assert/strict";
import { gpuModels, gpuNames, gpuPool } from "../../../lib/pipeline/run/gpus.ts";

Deno.test("gpuNames() reads CUDA_VISIBLE_DEVICES as CUDA does", () => {
  assert.deepEqual(gpuNames(undefined, 3), ["0", "1", "2"]);
  assert.deepEqual(gpuNames("GPU-8932f937, 1", 3), ["GPU-8932f937", "1"]);
  assert.deepEqual(gpuNames("2,-1,0", 3), ["2"]);
  assert.deepEqual(gpuNames("", 3), []);
  assert.deepEqual(gpuNames("0", 0), []);
});

Deno.test("gpuPool() gives no GPU to two cells", () => {
  const pool = gpuPool(["0", "1", "2"]);
  const first = pool.take(2)!;
  assert.deepEqual(first, ["0", "1"]);
  assert.equal(pool.take(2), undefined);
  assert.deepEqual(pool.take(1), ["2"]);
  assert.equal(pool.take(1), undefined);
  pool.give(first);
  assert.deepEqual(pool.take(2), ["0", "1"]);
  assert.deepEqual(pool.take(0), []);
});

Deno.test("gpuPool() gives GPUs in their own order, in whichever they came back", () => {
  const pool = gpuPool(["3", "5", "7"]);
  const [first, second] = [pool.take(1)!, pool.take(2)!];
  pool.give(second);
  pool.give(first);
  assert.deepEqual(pool.take(3), ["3", "5", "7"]);
});

Deno.test("gpuModels() reads the driver's folder, and keeps to CUDA_VISIBLE_DEVICES", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, model] of [["0000:1b:00.0", "NVIDIA H100"], ["0000:43:00.0", "NVIDIA L4"]]) {
      await Deno.mkdir(`${folder}/${name}`);
      await Deno.writeTextFile(`${folder}/${name}/information`, `Model: \t\t ${model}\nIRQ: 7\n`);
    }
    assert.deepEqual(gpuModels(folder, undefined), ["NVIDIA H100", "NVIDIA L4"]);
    assert.deepEqual(gpuModels(folder, "1"), ["NVIDIA L4"]);
    assert.deepEqual(gpuModels(folder, ""), []);
    assert.deepEqual(gpuModels(folder, "GPU-8932f937"), ["NVIDIA H100"]);
    assert.deepEqual(gpuModels(`${folder}/none`, undefined), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
