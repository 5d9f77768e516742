/** Downloads a file whole or not at all, and goes on where an earlier attempt ended. */
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { fileChunks } from "./file_chunks.ts";

/** A file that is to be had. */
export interface RemoteFile {
  /** The same bytes at several places, tried in this order. */
  readonly urls: readonly string[];
  readonly bytes: number;
  readonly md5: string;
}

/** What a {@link fetchFile} may be told. */
export interface FetchOptions {
  /** Told after each chunk, and once at the start: bytes there, of the whole. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Told of each failed attempt, in a sentence. */
  readonly onTrouble?: (what: string) => void;
  /** A connection that gives nothing for so long is given up; default 60. */
  readonly stallSeconds?: number;
}

/** Attempts at one place which gave no byte more, before the next place is tried. */
const FRUITLESS_ATTEMPTS = 2;

/**
 * Downloads a file to `path`.
 *
 * Bytes are collected in `path.part`, which survives failures and the end of the process: the next
 * attempt asks for the rest only (HTTP `Range`). The file gets its name once length and MD5 are
 * right, so whatever has the name is whole. Two processes that want the same file take turns.
 *
 * @throws {Error} If no place gives the file; the message says what each did.
 */
export async function fetchFile(
  { urls, bytes, md5 }: RemoteFile,
  path: string,
  { onProgress = () => {}, onTrouble = () => {}, stallSeconds = 60 }: FetchOptions = {},
): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const partial = `${path}.part`;
  using part = await Deno.open(partial, { read: true, write: true, create: true });
  await part.lock(true);
  if (await sizeOf(path) === bytes) { // another process was quicker
    await Deno.remove(partial).catch(() => {});
    return;
  }
  const troubles: string[] = [];
  for (const url of urls) {
    let isAnew = false;
    for (let fruitless = 0; fruitless < FRUITLESS_ATTEMPTS;) {
      const before = (await part.stat()).size;
      try {
        await fetchRest(url, part, bytes, { onProgress, stallSeconds });
        await checkMd5(partial, md5);
        await part.sync();
        await Deno.rename(partial, path);
        return;
      } catch (error) {
        if (isOwn(error)) throw error;
        const trouble = `${url}: ${error instanceof Error ? error.message : error}`;
        onTrouble(trouble);
        troubles.push(trouble);
        if (error instanceof WrongBytes) {
          await part.truncate(0);
          // What came before may be to blame, once; then it is this place.
          if (isAnew || before === 0) break;
          isAnew = true;
          continue;
        }
        fruitless = (await part.stat()).size > before ? 0 : fruitless + 1;
      }
    }
  }
  throw new Error(
    `Cannot download ${path}; each place failed, what came is kept and the next run goes on:\n` +
      [...new Set(troubles)].map((trouble) => `  ${trouble}`).join("\n"),
  );
}

/** What came is not the file, so going on from it is of no use. */
class WrongBytes extends Error {}

/** A full or broken disk is not the server's fault, and another server is no help. */
function isOwn(error: unknown): boolean {
  const { PermissionDenied, NotCapable, NotFound, WriteZero } = Deno.errors;
  const own = [PermissionDenied, NotCapable, NotFound, WriteZero].some((kind) =>
    error instanceof kind
  );
  return own || (error instanceof Error && "code" in error && error.code === "ENOSPC");
}

async function fetchRest(
  url: string,
  part: Deno.FsFile,
  bytes: number,
  { onProgress, stallSeconds }: Required<Pick<FetchOptions, "onProgress" | "stallSeconds">>,
): Promise<void> {
  let done = (await part.stat()).size;
  if (done > bytes) {
    await part.truncate(0);
    done = 0;
  }
  if (done === bytes) return; // an earlier process ended before it gave the file its name
  using stall = stallTimer(stallSeconds);
  // The bytes themselves: what a server packs for the way has another length, and no useful ranges.
  const headers = new Headers({ "accept-encoding": "identity" });
  if (done > 0) headers.set("range", `bytes=${done}-`);
  const response = await fetch(url, { headers, signal: stall.signal });
  try {
    if (response.status === 206) {
      const range = response.headers.get("content-range") ?? "";
      if (!range.startsWith(`bytes ${done}-`)) {
        throw new Error(`asked for the bytes from ${done} on, it sent ${range || "others"}`);
      }
    } else if (response.status === 200) {
      if (done > 0) await part.truncate(0); // it knows no ranges
      done = 0;
    } else if (response.status === 416) {
      throw new WrongBytes(`has no bytes from ${done} on, so what came before is no part of it`);
    } else {
      throw new Error(`HTTP status ${response.status} ${response.statusText}`.trimEnd());
    }
    const length = Number(response.headers.get("content-length") ?? NaN);
    if (done + length !== bytes && !Number.isNaN(length)) {
      throw new WrongBytes(`offers ${done + length} bytes, the file has ${bytes}`);
    }
    await part.seek(done, Deno.SeekMode.Start);
    onProgress(done, bytes);
    for await (const chunk of response.body ?? []) {
      stall.restart();
      done += chunk.length;
      if (done > bytes) throw new WrongBytes(`sends more than the file's ${bytes} bytes`);
      for (let at = 0; at < chunk.length;) at += await part.write(chunk.subarray(at));
      onProgress(done, bytes);
    }
  } finally {
    await response.body?.cancel().catch(() => {});
  }
  if (done < bytes) throw new Error(`ended after ${done} of ${bytes} bytes`);
}

async function checkMd5(path: string, wanted: string): Promise<void> {
  const hash = createHash("md5");
  for await (const chunk of fileChunks(path)) hash.update(chunk);
  const found = hash.digest("hex");
  if (found !== wanted) throw new WrongBytes(`gave bytes with the MD5 ${found}, want ${wanted}`);
}

async function sizeOf(path: string): Promise<number | undefined> {
  return await Deno.stat(path).then(({ size }) => size, () => undefined);
}

/** Aborts unless it is restarted in time. */
function stallTimer(seconds: number) {
  const controller = new AbortController();
  const stalled = () => controller.abort(new Error(`gave nothing for ${seconds} s`));
  let timer = setTimeout(stalled, seconds * 1000);
  return {
    signal: controller.signal,
    restart() {
      clearTimeout(timer);
      timer = setTimeout(stalled, seconds * 1000);
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
