/**
 * Where a training step's time goes: oneDNN's primitives by its own account, the rest, which is
 * TensorFlow's other kernels and its executor, and what the products would take at the machine's
 * best rate. On a busy machine the rest may come out below zero: primitives count by their median
 * call.
 */
import { networksOptions } from "./networks_options.ts";
import { primitiveTimes } from "./onednn_verbose.ts";
import { SIDE } from "./product_rate.ts";
import { BATCH, type Measured } from "./subject.ts";

const STEPS = 20;

for (const network of networksOptions(Deno.args).networks) {
  await Deno.stdout.write(new TextEncoder().encode(await profileOf(network)));
}

async function profileOf(network: Measured): Promise<string> {
  const script = new URL("./profiled_steps.ts", import.meta.url).pathname;
  // oneDNN has stdout for itself, the process tells its own figures on stderr.
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", script, network, String(STEPS)],
    // One op at a time: times of primitives that run at once would add up to more than the step.
    env: { ONEDNN_VERBOSE: "1", TF_NUM_INTEROP_THREADS: "1" },
  }).output();
  const said = new TextDecoder().decode(stderr);
  const figures = said.split("\n").at(-1)!;
  if (!success || !figures.startsWith("{")) throw new Error(said);
  const { milliseconds, floor }: { milliseconds: number; floor: number } = JSON.parse(figures);
  const gauge = new Set([`${SIDE}x${SIDE}:${SIDE}x${SIDE}`]);
  const primitives = primitiveTimes(new TextDecoder().decode(stdout), STEPS, gauge);
  const inside = primitives.reduce((total, { milliseconds }) => total + milliseconds, 0);
  const row = (label: string, calls: string, time: number) =>
    label.padEnd(38) + calls.padStart(6) + time.toFixed(2).padStart(10) +
    (100 * time / milliseconds).toFixed(0).padStart(6);
  return [
    `${`${network}, batch ${BATCH[network]}, ADAM step`.padEnd(38)} calls        ms     %`,
    ...primitives.map(({ kind, calls, milliseconds }) => row(kind, calls.toFixed(0), milliseconds)),
    row("other kernels and the executor", "", milliseconds - inside),
    row("step", "", milliseconds),
    row("products alone, at the best rate", "", floor),
    "",
    "",
  ].join("\n");
}
