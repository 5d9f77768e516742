import assert from "node:assert/strict";
import { gpuNames, gpuPool } from "../../../lib/pipeline/run/gpus.ts";

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
