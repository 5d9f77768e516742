/** A local HTTP server of files which can misbehave as servers do. */

/** What the server does with requests of a path, from the first one on; the last one goes on. */
export type Manner =
  | "serve"
  /** Knows no ranges: status 200 and the whole. */
  | "whole"
  /** Breaks the connection after so many bytes of the answer. */
  | { readonly breakAfter: number }
  /** Sends so many bytes and then nothing. */
  | { readonly stallAfter: number }
  /** Sends a tenth of the answer after each so many milliseconds. */
  | { readonly dripEvery: number }
  /** Another status. */
  | { readonly status: number }
  /** Other bytes of the same length. */
  | "garbage"
  /** Sends a range that was not asked for. */
  | "wrong range";

/** A running server. */
export interface FileServer extends AsyncDisposable {
  /** With a slash at the end. */
  readonly url: string;
  /** Each request: path and range. */
  readonly requests: readonly string[];
  /** Bytes sent. */
  readonly sent: number;
}

/** Serves files on a free port of this machine. */
export function serveFiles(
  files: Readonly<Record<string, Uint8Array>>,
  manners: Readonly<Record<string, readonly Manner[]>> = {},
): FileServer {
  const requests: string[] = [];
  const counts = new Map<string, number>();
  const stop = new AbortController();
  let sent = 0;
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {}, onError: () => new Response(null) },
    (request) => {
      const path = new URL(request.url).pathname.slice(1);
      const range = request.headers.get("range");
      requests.push(range ? `${path} ${range}` : path);
      if (request.headers.get("accept-encoding") !== "identity") {
        return new Response("packed for the way", { status: 406 });
      }
      const turn = counts.get(path) ?? 0;
      counts.set(path, turn + 1);
      const turns = manners[path] ?? ["serve"];
      const manner = turns[Math.min(turn, turns.length - 1)]!;
      const file = files[path];
      if (!file) return new Response("not here", { status: 404 });
      if (typeof manner === "object" && "status" in manner) {
        return new Response("trouble", { status: manner.status });
      }
      const start = range && manner !== "whole" ? Number(/^bytes=(\d+)-$/.exec(range)![1]) : 0;
      if (start >= file.length) return new Response(null, { status: 416 });
      const bytes = manner === "garbage" ? file.map((byte) => byte ^ 1) : file;
      const rest = bytes.slice(start);
      const first = manner === "wrong range" ? start + 1 : start;
      const headers = new Headers({ "content-length": String(rest.length) });
      if (start > 0) {
        headers.set("content-range", `bytes ${first}-${file.length - 1}/${file.length}`);
      }
      const body = ReadableStream.from(answer(rest, manner, stop.signal, (count) => sent += count));
      return new Response(body, { status: start > 0 ? 206 : 200, headers });
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    requests,
    get sent() {
      return sent;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await server.shutdown();
    },
  };
}

async function* answer(
  bytes: Uint8Array,
  manner: Manner,
  stopped: AbortSignal,
  onSent: (count: number) => void,
): AsyncGenerator<Uint8Array> {
  const send = (from: number, to: number) => {
    const part = bytes.slice(from, to);
    onSent(part.length);
    return part;
  };
  if (typeof manner !== "object" || "status" in manner) {
    yield send(0, bytes.length);
  } else if ("dripEvery" in manner) {
    const step = Math.ceil(bytes.length / 10);
    for (let at = 0; at < bytes.length; at += step) {
      await new Promise((resolve) => setTimeout(resolve, manner.dripEvery));
      yield send(at, at + step);
    }
  } else if ("breakAfter" in manner) {
    yield send(0, manner.breakAfter);
    throw new Error("broken");
  } else {
    if (manner.stallAfter > 0) yield send(0, manner.stallAfter);
    await new Promise<void>((resolve) => stopped.addEventListener("abort", () => resolve()));
  }
}
