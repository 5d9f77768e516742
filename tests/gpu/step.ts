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
 * its time is over, and ends it if it does not.
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
  }).spawn();
  const timers = [
    setTimeout(() => signal(child, "SIGINT"), 1000 * seconds),
    setTimeout(() => signal(child, "SIGKILL"), 1000 * (seconds + GRACE)),
  ];
  const log = await Deno.open(path, { create: true, append: true });
  const write = async (stream: ReadableStream<Uint8Array>) => {
    for await (const chunk of stream) await log.write(chunk);
  };
  await Promise.all([write(child.stdout), write(child.stderr)]);
  const { success } = await child.status;
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

function signal(child: Deno.ChildProcess, name: Deno.Signal): void {
  try {
    child.kill(name);
  } catch {
    // It has ended.
  }
}
