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
      let begun = false;
      const headers = new Headers({ "content-length": String(rest.length) });
      if (start > 0) {
        headers.set("content-range", `bytes ${first}-${file.length - 1}/${file.length}`);
      }
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          const isCut = typeof manner === "object";
          const length = !isCut
            ? rest.length
            : "breakAfter" in manner
            ? manner.breakAfter
            : manner.stallAfter;
          if (!begun && length > 0) {
            begun = true;
            sent += length;
            controller.enqueue(rest.slice(0, length));
          } else if (!isCut) controller.close();
          else if ("breakAfter" in manner) throw new Error("broken");
          else {return new Promise<void>((resolve) =>
              stop.signal.addEventListener("abort", () => resolve())
            );}
        },
      });
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
