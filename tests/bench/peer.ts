/** Milliseconds of each task in each setting, which has no name where there is but one. */
export type PeerRound = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A peer in another language: a process that does one round of work for each line it reads. */
export interface Peer extends AsyncDisposable {
  /** For instance `PyTorch 2.13.0+cpu`. */
  readonly name: string;
  /**
   * Runs one round of all its tasks.
   *
   * @throws {Error} If it ends, or takes more than so many seconds, and is killed.
   */
  round(limit?: number): Promise<PeerRound>;
  /** What it answers to a line. @throws {Error} As `round()` does. */
  ask(line: string, limit?: number): Promise<unknown>;
}

/** Starts a Python peer, or returns why it cannot be had. */
export async function pythonPeer(script: URL, options: readonly string[]): Promise<Peer | string> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command("python3", {
      args: ["-u", script.pathname, ...options],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch {
    return "python3 is not installed";
  }
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const errors = new Response(child.stderr).text();
  let buffer = "";
  const nextLine = async (): Promise<string | undefined> => {
    while (!buffer.includes("\n")) {
      const { value, done } = await lines.read();
      if (done) return undefined;
      buffer += value;
    }
    const end = buffer.indexOf("\n");
    const line = buffer.slice(0, end);
    buffer = buffer.slice(end + 1);
    return line;
  };
  const name = await nextLine();
  if (name === undefined) {
    await child.status;
    return lastLine(await errors);
  }
  const writer = child.stdin.getWriter();
  const ask = async (request: string, limit?: number): Promise<unknown> => {
    let isLate = false;
    const late = () => {
      isLate = true;
      child.kill("SIGKILL");
    };
    const timer = limit === undefined ? undefined : setTimeout(late, 1000 * limit);
    try {
      await writer.write(new TextEncoder().encode(`${request}\n`));
      const line = await nextLine();
      if (isLate) throw new Error(`${name} took more than ${limit} s for a round`);
      if (line === undefined) throw new Error(`${name} ended: ${lastLine(await errors)}`);
      return JSON.parse(line);
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    name,
    ask,
    round: async (limit) => await ask("round", limit) as PeerRound,
    async [Symbol.asyncDispose]() {
      await writer.close().catch(() => {}); // it may have ended
      await child.status;
    },
  };
}

function lastLine(errors: string): string {
  return errors.trim().split("\n").at(-1) || "without a word";
}
