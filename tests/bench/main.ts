/**
 * `deno task bench`: each benchmark runs in a process of its own, with all cores, and with the
 * allocator settings that its peers get too.
 */
import { parseArgs } from "node:util";

const BENCHMARKS: Record<string, string> = {
  f1: "the F1 training step against the matrix-product limit and PyTorch",
  optim: "what a sharpness costs beside f: L-BFGS-B by its parts, subspaces, whole runs of F1",
  noop: "a study of which nothing has to run, against snakemake, ninja and wireit",
};

/** Keep freed memory instead of handing each large block back to the system at once. */
const ALLOCATOR = {
  MALLOC_MMAP_THRESHOLD_: "4294967296",
  MALLOC_TRIM_THRESHOLD_: "17179869184",
  MALLOC_TOP_PAD_: "268435456",
};

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: { help: { type: "boolean", short: "h" } },
});
const unknown = positionals.filter((name) => !(name in BENCHMARKS));
if (values.help || unknown.length > 0) {
  const list = Object.entries(BENCHMARKS).map(([name, what]) => `  ${name}  ${what}`).join("\n");
  const fault = unknown.length > 0 ? `Cannot find the benchmark ${unknown.join(", ")}\n\n` : "";
  const text = `${fault}Usage: deno task bench [NAME...]\n\n${list}\n`;
  await (values.help ? Deno.stdout : Deno.stderr).write(new TextEncoder().encode(text));
  Deno.exit(values.help ? 0 : 2);
}
const threads = String(navigator.hardwareConcurrency);
for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHMARKS)) {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL(`./${name}.ts`, import.meta.url).pathname],
    env: { ...ALLOCATOR, TF_NUM_INTRAOP_THREADS: threads, OMP_NUM_THREADS: threads },
  }).spawn().status;
  if (code !== 0) Deno.exit(1);
}
