/** What a worker says and prints, whoever started it. */
import { join } from "node:path";
import { appendToLog } from "../store/disk_full.ts";
import { EVENT_MARK, readEvent, type WorkerEvent } from "../worker/job.ts";

/** Lines of the log that a failure shows. */
const TAIL_LINES = 15;

/** What TensorFlow prints at its start, at whatever level of its log; no setting silences it. */
const GREETING = /^(WARNING: .* before absl::InitializeLog\(\)|I\d{4} .*oneDNN custom operations)/;

/**
 * Splits a worker's output into events and what the stage printed.
 *
 * @param token What the worker was told to put before each event.
 */
export async function readStdout(
  stream: ReadableStream<Uint8Array>,
  token: string,
  onEvent: (event: WorkerEvent) => void,
  onText: (text: string) => void,
): Promise<void> {
  let held = ""; // an event whose end has not come yet
  await readText(stream, (chunk) => {
    let rest = held + chunk;
    held = "";
    while (rest !== "") {
      const mark = rest.indexOf(EVENT_MARK);
      if (mark !== 0) {
        const end = mark < 0 ? rest.length : mark;
        onText(rest.slice(0, end));
        rest = rest.slice(end);
        continue;
      }
      const end = rest.indexOf("\n");
      const next = rest.indexOf(EVENT_MARK, 1);
      // JSON holds no bare mark: a stage printed this one, and the event of the worker follows.
      if (next >= 0 && (end < 0 || next < end)) {
        onText(rest.slice(0, next));
        rest = rest.slice(next);
        continue;
      }
      if (end < 0) {
        held = rest;
        return;
      }
      const said = rest.slice(1, end);
      const event = said.startsWith(token) ? readEvent(said.slice(token.length)) : undefined;
      if (event) onEvent(event);
      else onText(rest.slice(0, end + 1));
      rest = rest.slice(end + 1);
    }
  });
}

/** Hands over a stream as text, as it comes. */
export async function readText(
  stream: ReadableStream<Uint8Array>,
  onText: (text: string) => void,
): Promise<void> {
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) onText(chunk);
}

/** Writes what a worker prints beside its attempt, and keeps the last lines. */
export function attemptLog(artifacts: string) {
  const kept = { stdout: "", stderr: "" };
  let folder: string | undefined;
  let id: string | undefined;
  const write = (stream: "stdout" | "stderr", text: string) => {
    if (folder !== undefined && text !== "") {
      appendToLog(join(folder, `${stream}.log`), text);
    }
  };
  return {
    open(attempt: string) {
      id = attempt;
      folder = join(artifacts, "attempts", attempt);
      for (const stream of ["stdout", "stderr"] as const) write(stream, kept[stream]);
    },
    append(stream: "stdout" | "stderr", text: string) {
      write(stream, text);
      kept[stream] = (kept[stream] + text).slice(-20_000);
    },
    folder: () => folder,
    attempt: () => id,
    tail(): string[] {
      const text = kept.stderr.trim() === "" ? kept.stdout : kept.stderr;
      return text.trimEnd().split("\n").filter((line) => line !== "" && !GREETING.test(line))
        .slice(-TAIL_LINES);
    },
  };
}
