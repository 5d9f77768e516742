/**
 * WebGPU in a process of its own: Mesa's rasteriser brings an LLVM that must not meet TensorFlow's in
 * one process, as it would under `deno test`.
 */
import { portableEngine } from "../../lib/engine/portable/engine.ts";
import { compareWithReference, SINGLE_ROUNDING } from "../graph/compare_ops.ts";
import { checkTraining } from "./check_training.ts";

/** What the process checks: whether there is an adapter, some steps of training, or every op. */
export type WebgpuCheck = "adapter" | "training" | "ops";

/** Runs a check in a new process. @returns `ok`; `none` if there is no adapter; else what failed. */
export async function runWebgpuCheck(check: WebgpuCheck): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", import.meta.url, check],
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  return code === 0 ? text(stdout) : `exit ${code}: ${text(stderr)}`;
}

async function main(check: string | undefined): Promise<string> {
  if (!(await navigator.gpu?.requestAdapter())) return "none";
  if (check === "adapter") return "ok";
  const engine = await portableEngine({ backend: "webgpu" });
  if (check === "ops") await compareWithReference(engine, SINGLE_ROUNDING);
  else await checkTraining(engine);
  return "ok";
}

if (import.meta.main) {
  const answer = await main(Deno.args[0]);
  await Deno.stdout.write(new TextEncoder().encode(answer));
  Deno.exit(0); // the open adapter would keep the process alive
}
