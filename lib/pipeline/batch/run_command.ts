/** Runs a command of the system to its end. */

/** What a command left. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A way to run a command; tests pass a fake. */
export type RunCommand = (
  program: string,
  args: readonly string[],
  stdin?: string,
) => Promise<Ended>;

/** Longest wait for a command, in milliseconds. */
const PATIENCE = 60_000;

/** What a user has set for `squeue` at large, a partition say, would hide jobs from the run. */
const HIDING = /^(SQUEUE|SCANCEL)_|^SBATCH_(ERROR|WAIT)$/;

/** Runs a command. @throws {Error} If it does not come back within a minute, or was killed. */
export const runCommand: RunCommand = (program, args, stdin) =>
  runPatiently(program, args, stdin, PATIENCE);

/** As {@link runCommand}, with a patience in milliseconds. */
export async function runPatiently(
  program: string,
  args: readonly string[],
  stdin = "",
  patience: number,
): Promise<Ended> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      clearEnv: true,
      env: Object.fromEntries(
        Object.entries(Deno.env.toObject()).filter(([name]) => !HIDING.test(name)),
      ),
      detached: true, // Ctrl-C is for the driver, which may still have jobs to cancel
    }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new RangeError(
      `Cannot find \`${program}\`; run this where the batch system's commands are, or use ` +
        "--executor local",
    );
  }
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    endGroup(child.pid);
  }, patience);
  try {
    const writer = child.stdin.getWriter();
    const written = writer.write(new TextEncoder().encode(stdin)).then(() => writer.close());
    const [{ code, signal, stdout, stderr }] = await Promise.all([
      child.output(),
      written.catch(() => {}), // it may end without reading all
    ]);
    if (isLate) throw new Error(`${program} gave no answer for ${patience / 1000} s`);
    if (signal) throw new Error(`${program} was killed by ${signal}`);
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  } finally {
    clearTimeout(timer);
  }
}

/** A site's own script around the command may have started it, so the whole group has to go. */
function endGroup(pid: number): void {
  try {
    Deno.kill(-pid, "SIGKILL");
  } catch {
    return; // it ended a moment ago
  }
}
