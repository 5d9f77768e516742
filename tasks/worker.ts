/** A worker process: computes the one cell that the driver sends on stdin. Not called by hand. */
import { EVENT_MARK, type Job } from "../lib/pipeline/run/job.ts";
import { runWorker } from "../lib/pipeline/run/worker.ts";

if (import.meta.main) {
  const job: Job = JSON.parse(readLine());
  new Worker(new URL("../lib/pipeline/run/watchdog.ts", import.meta.url), { type: "module" });
  // Explicit, for the watchdog would keep the process alive.
  Deno.exit(await runWorker(job, (event) => write(`${EVENT_MARK}${JSON.stringify(event)}\n`)));
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

function write(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let start = 0; start < bytes.length;) start += Deno.stdout.writeSync(bytes.subarray(start));
}
