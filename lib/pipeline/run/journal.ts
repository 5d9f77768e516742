import { join } from "node:path";
import { appendToLog } from "../store/disk_full.ts";
import type { Layout } from "../store/layout.ts";
import type { Listener } from "../events.ts";

/**
 * A listener that writes one line for each event to `runs/<id>.jsonl`.
 *
 * For people and for reports; nothing is ever recovered from it. Hits are not written, so a run
 * that has nothing to do leaves no file.
 */
export function journal(layout: Layout, now: () => Date): Listener {
  const path = join(layout.runs, `${now().toISOString().replace(/[-:.]/g, "")}-${Deno.pid}.jsonl`);
  return (event) => {
    if (event.type === "hit" || event.type === "progress") return;
    const line = JSON.stringify(
      { time: now().toISOString(), ...event },
      // A cell as its name: its whole neighbourhood would come along otherwise.
      (key, value) =>
        key === "cell" || key === "by"
          ? value.id
          : key === "cells"
          ? value.map(({ id }: { id: string }) => id)
          : value,
    );
    appendToLog(path, `${line}\n`);
  };
}
