import { parseRoundTimes, type RoundTimes } from "./round_times.ts";

/** A process that times functions when it is asked to. */
export interface TimedProcess extends AsyncDisposable {
  /** One round. @throws {Error} If the process has died, hangs, or makes no sense. */
  round(): Promise<RoundTimes>;
}

/** How long a process may take to start, or for a round, before it counts as hanging. */
const LIMIT_MILLISECONDS = 60_000;

/**
 * Starts a process that times functions with the kernels of a choice, in one thread, as a cell has.
 *
 * @param program URL of its module, `timed_functions.ts` but in tests.
 * @param tuning Name of the choice.
 * @throws {Error} If it does not get ready.
 */
export async function startTimed(
  program: string,
  tuning: string,
  limit = LIMIT_MILLISECONDS,
): Promise<TimedProcess> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-prompt", program],
    env: {
      BASIN_TUNING: tuning,
      TF_NUM_INTRAOP_THREADS: "1",
      TF_NUM_INTEROP_THREADS: "1",
      NO_COLOR: "1",
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stdin = child.stdin.getWriter();
  const stdout = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const errors = new Response(child.stderr).text();
  let heard = "";
  const readLine = async (): Promise<string> => {
    while (!heard.includes("\n")) {
      const { value, done } = await stdout.read();
      if (done) throw new Error(await endOf(child, errors));
      heard += value;
    }
    const end = heard.indexOf("\n");
    const line = heard.slice(0, end);
    heard = heard.slice(end + 1);
    return line;
  };
  const answer = async (): Promise<string> => {
    const hangs = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      hangs.reject(new Error(`it did not answer within ${limit / 1000} s`));
    }, limit);
    try {
      return await Promise.race([readLine(), hangs.promise]);
    } finally {
      clearTimeout(timer);
    }
  };
  const end = async () => {
    await stdin.close().catch(() => {});
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await Promise.all([child.status, errors]);
    await stdout.cancel();
  };
  try {
    const first = await answer();
    if (first !== "ready") throw new Error(`Cannot start timing: want "ready", got ${first}`);
  } catch (error) {
    await end();
    throw error;
  }
  return {
    async round() {
      await stdin.write(new TextEncoder().encode("round\n")).catch(() => {});
      return parseRoundTimes(await answer());
    },
    [Symbol.asyncDispose]: end,
  };
}

/** How a process ended, with what it said last. */
async function endOf(child: Deno.ChildProcess, errors: Promise<string>): Promise<string> {
  const { code, signal } = await child.status;
  const last = (await errors).trim().split("\n").at(-1)!;
  const how = signal === null ? `exit status ${code}` : signal;
  return `its process ended (${how})${last === "" ? "" : `: ${last}`}`;
}
