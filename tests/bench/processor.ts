import { cpus } from "node:os";

/** The processor's name with the number of cores, as figures of speed need beside them. */
export function processorName(): string {
  const cores = cpus();
  const model = cores[0]?.model.trim() || Deno.build.arch;
  return `${model}, ${cores.length} ${cores.length === 1 ? "core" : "cores"}`;
}
