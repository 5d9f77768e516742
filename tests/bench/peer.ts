/** Milliseconds of each task in each setting, which has no name where there is but one. */
export type PeerRound = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A peer in another language: a process that does one round of work for each line it reads. */
export interface Peer extends AsyncDisposable {
  /** For instance `PyTorch 2.13.0+cpu`. */
  readonly name: string;
  /** Runs one round of all its tasks. */
  round(): Promise<PeerRound>;
  /** What it answers to a line. */
  ask(line: string): Promise<unknown>;
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
    return (await errors).trim().split("\n").at(-1) ?? "it ended without a word";
  }
  const writer = child.stdin.getWriter();
  const ask = async (request: string): Promise<unknown> => {
    await writer.write(new TextEncoder().encode(`${request}\n`));
    const line = await nextLine();
    if (line === undefined) throw new Error(`${name} ended: ${await errors}`);
    return JSON.parse(line);
  };
  return {
    name,
    ask,
    round: async () => await ask("round") as PeerRound,
    async [Symbol.asyncDispose]() {
      await writer.close();
      await child.status;
    },
  };
}
