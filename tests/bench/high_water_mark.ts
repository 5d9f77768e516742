import { readFileSync } from "node:fs";

/** Largest resident size of a process so far, in bytes; 0 where the system does not tell. */
export function highWaterMark(process: number | "self" = "self"): number {
  try {
    const status = readFileSync(`/proc/${process}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
