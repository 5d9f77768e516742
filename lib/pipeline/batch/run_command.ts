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

/** Runs a command, and kills it when it does not come back within a minute. */
export const runCommand: RunCommand = async (program, args, stdin = "") => {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      detached: true, // Ctrl-C is for the driver, which may still have jobs to cancel
    }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new RangeError(
      `Cannot find \`${program}\`; run this where the batch system's commands are, or use ` +
        "--executor local",
    );
  }
  const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
  try {
    const writer = child.stdin.getWriter();
    const written = writer.write(new TextEncoder().encode(stdin)).then(() => writer.close());
    const [{ code, stdout, stderr }] = await Promise.all([
      child.output(),
      written.catch(() => {}), // it may end without reading all
    ]);
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  } finally {
    clearTimeout(timer);
  }
};
