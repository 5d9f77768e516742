import type logUpdate from "log-update";
import type { Terminal } from "./terminal.ts";

/** The streams of this process; on a screen, a block of lines that is drawn again and again. */
export async function processTerminal(): Promise<Terminal> {
  const isTerminal = Deno.stdout.isTerminal();
  const { columns, rows } = isTerminal ? Deno.consoleSize() : { columns: 120, rows: 0 };
  // `| head` has seen enough, or the terminal was closed: no reason to end a run.
  const isGone = (error: unknown) =>
    error instanceof Deno.errors.BrokenPipe || (error as { code?: string }).code === "EIO";
  const writer = (stream: typeof Deno.stdout) => (text: string) => {
    const bytes = new TextEncoder().encode(text);
    try {
      for (let start = 0; start < bytes.length;) start += stream.writeSync(bytes.subarray(start));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  };
  // Some pseudo-terminals have no size; a block that is redrawn needs one. The cursor stays: hidden,
  // it would stay so after a killed run.
  const canRedraw = columns > 0 && rows > 1;
  const logUpdate = canRedraw ? await redrawing() : undefined;
  return {
    write: writer(Deno.stdout),
    warn: writer(Deno.stderr),
    colour: isTerminal && !Deno.env.get("NO_COLOR"),
    columns: columns || 120,
    ...(logUpdate && { live: { show: logUpdate, clear: () => logUpdate.clear() } }),
  };
}

/** Draws a block of lines over the one before. */
async function redrawing(): Promise<typeof logUpdate> {
  const { createLogUpdate } = await import("log-update");
  const { default: process } = await import("node:process");
  return createLogUpdate(process.stdout, { showCursor: true });
}
