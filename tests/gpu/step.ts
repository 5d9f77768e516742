/** A program that has so much time, and whose words are kept. */

/** How a step ended. */
export interface StepResult {
  readonly name: string;
  /** `skipped` with the reason in `last`. */
  readonly outcome: "ok" | "failed" | "out of time" | "skipped";
  readonly seconds: number;
  /** The last line that it wrote. */
  readonly last: string;
}

/** What to run. */
export interface Step {
  readonly name: string;
  readonly args: readonly string[];
  readonly seconds: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Seconds in which a program that was asked to end (SIGINT) may write its checkpoints. */
const GRACE = 20;

/**
 * Runs `deno` with these arguments in a folder, its words in `<logs>/<name>.log`; asks it to end when
 * its time is over, and ends it if it does not. What it started ends with it: a peer that is left
 * would hold the memory of the GPU.
 */
export async function runStep(
  { name, args, seconds, env = {} }: Step,
  { cwd, logs }: { readonly cwd: string; readonly logs: string },
): Promise<StepResult> {
  const path = `${logs}/${name}.log`;
  const start = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached: true, // a group of its own, with all that it starts
  }).spawn();
  const timers = [
    setTimeout(() => signal(child.pid, "SIGINT"), 1000 * seconds),
    setTimeout(() => signal(-child.pid, "SIGKILL"), 1000 * (seconds + GRACE)),
  ];
  const log = await Deno.open(path, { create: true, append: true });
  const write = async (stream: ReadableStream<Uint8Array>) => {
    for await (const chunk of stream) await log.write(chunk);
  };
  const written = Promise.all([write(child.stdout), write(child.stderr)]);
  const { success } = await child.status;
  signal(-child.pid, "SIGKILL");
  await written;
  timers.forEach(clearTimeout);
  log.close();
  const took = (performance.now() - start) / 1000;
  const lines = (await Deno.readTextFile(path)).split("\n").map((line) => line.trim());
  return {
    name,
    outcome: took >= seconds ? "out of time" : success ? "ok" : "failed",
    seconds: Math.round(took),
    last: lines.filter((line) => line !== "").at(-1) ?? "",
  };
}

/** @param id Of a process, or the negative one of its group. */
function signal(id: number, name: Deno.Signal): void {
  try {
    Deno.kill(id, name);
  } catch {
    // It has ended.
  }
}
