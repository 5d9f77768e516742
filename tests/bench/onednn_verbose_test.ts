import assert from "node:assert/strict";
import { primitiveTimes } from "./onednn_verbose.ts";

const exec = "onednn_verbose,v1,primitive,exec,cpu";
const norm = `${exec},batch_normalization,jit,backward,data:f32,,flags:CH,mb256ic512`;
const gemm = `${exec},gemm_api,,undef,src_f32`;
const PRINTED = `onednn_verbose,v1,info,oneDNN v3.7
${norm},0.1
${gemm},,,256x512:512x10,1
${norm},0.1
onednn_verbose,v1,primitive,create:cache_miss,cpu,gemm_api,,undef,src_f32,,,256x512:512x10,99
${norm},50
${gemm},,,256x512:512x10,3
${gemm},,,1024x1024:1024x1024,7
${norm},0.2
`;

Deno.test("primitiveTimes() takes the median call, so that an interruption does not count", () => {
  const [gemms, norms, ...others] = primitiveTimes(PRINTED, 2, new Set(["1024x1024:1024x1024"]));
  assert.deepEqual(gemms, { kind: "gemm_api", calls: 1, milliseconds: 2 });
  assert.equal(norms!.kind, "batch_normalization backward");
  assert.equal(norms!.calls, 2);
  // Twice the median of 0.1, 0.1, 0.2 and 50, up to the rounding of a sum.
  assert.ok(Math.abs(norms!.milliseconds - 0.3) < 1e-12, `${norms!.milliseconds}`);
  assert.deepEqual(others, []);
});
