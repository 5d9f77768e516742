/** A worker process: computes the one cell that the driver sends on stdin. Not called by hand. */
import { cacheFolder } from "../lib/engine/setup/cache_folder.ts";
import { requestedEngine, xlaChoiceOf } from "../lib/engine/setup/choice.ts";
import { pluginFolders } from "../lib/engine/xla/plugin_location.ts";
import { EVENT_MARK, type Order, type WorkerEvent } from "../lib/pipeline/worker/job.ts";
import { rightsOf, sandboxed } from "../lib/pipeline/worker/sandbox.ts";
import { runWorker } from "../lib/pipeline/worker/worker.ts";

if (import.meta.main) {
  const { job, token }: Order = JSON.parse(readLine());
  const stop = Promise.race([driverGone(), signalled()]);
  const cache = cacheFolder((name) => Deno.env.get(name));
  const folders = cache === undefined
    ? { engine: pluginOf(), downloads: [], compiled: [], pointers: pluginOf().length > 0 }
    : {
      engine: [cache, ...pluginOf()],
      downloads: [`${cache}/data`],
      compiled: [`${cache}/compiled`],
      pointers: pluginOf().length > 0,
    };
  const emit = (event: WorkerEvent) => write(`${EVENT_MARK}${token}${JSON.stringify(event)}\n`);
  const status = await runWorker(job, emit, {
    stop,
    checkpointSeconds: Number(Deno.env.get("BASIN_CHECKPOINT_SECONDS") ?? 10),
    makeRunner(job, task, attempt) {
      Deno.env.set("TMPDIR", attempt.scratch);
      return sandboxed(rightsOf(job, task, attempt, folders));
    },
  });
  // Explicit, for what waits for the driver's end would keep the process alive.
  Deno.exit(status);
}

/** Folders of the plugin, if the XLA engine is asked for; the driver has put its path in the name. */
function pluginOf(): string[] {
  const choice = xlaChoiceOf(requestedEngine());
  return choice === undefined ? [] : pluginFolders(choice.slice("xla:".length));
}

/** The first line of stdin, byte by byte in effect: the driver sends nothing else. */
function readLine(): string {
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(1 << 16);
  let text = "";
  while (!text.endsWith("\n")) {
    const count = Deno.stdin.readSync(chunk);
    if (count === null) Deno.exit(1); // the driver died before it sent the job
    text += decoder.decode(chunk.subarray(0, count), { stream: true });
  }
  return text;
}

/**
 * Resolves when the driver is gone: it holds the other end of stdin and never closes it while it
 * lives. The stage has a thread of its own, so that it cannot keep this one from noticing.
 */
async function driverGone(): Promise<void> {
  for await (const _ of Deno.stdin.readable);
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, resolve);
  });
}

function write(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let start = 0; start < bytes.length;) start += Deno.stdout.writeSync(bytes.subarray(start));
}
