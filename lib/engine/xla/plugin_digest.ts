import { createHash } from "node:crypto";

/** Bytes read at once: a plugin for GPUs has 400 MB, which need not be in memory together. */
const CHUNK = 1 << 20;

/**
 * SHA-256 of a plugin in hex, for keys.
 *
 * Reading a plugin for GPUs takes a second or two, in every process of a run. So the digest is kept
 * with size, time and inode of the file, and holds as long as these do.
 *
 * @param folder Where it is kept; `undefined` if nowhere. One that cannot be written costs only time.
 */
export function pluginDigest(plugin: string, folder: string | undefined): string {
  const { size, mtime, ino } = Deno.statSync(plugin);
  const state = `${size} ${mtime?.getTime()} ${ino}`;
  const name = createHash("sha256").update(plugin).digest("hex").slice(0, 16);
  const path = folder && `${folder}/plugin-${name}`;
  const kept = path && readKept(path);
  if (kept && kept.state === state) return kept.digest;
  const digest = digestOf(plugin);
  if (path) keep(folder!, path, `${state}\n${digest}\n`);
  return digest;
}

function readKept(path: string): { state: string; digest: string } | undefined {
  try {
    const [, state, digest] = /^(.+)\n([0-9a-f]{64})\n$/.exec(Deno.readTextFileSync(path)) ?? [];
    return state !== undefined && digest !== undefined ? { state, digest } : undefined;
  } catch {
    return undefined;
  }
}

function digestOf(path: string): string {
  const hash = createHash("sha256");
  using file = Deno.openSync(path);
  const chunk = new Uint8Array(CHUNK);
  for (let read; (read = file.readSync(chunk)) !== null;) hash.update(chunk.subarray(0, read));
  return hash.digest("hex");
}

function keep(folder: string, path: string, text: string): void {
  const aside = `${path}.${crypto.randomUUID()}`;
  try {
    Deno.mkdirSync(folder, { recursive: true });
    Deno.writeTextFileSync(aside, text);
    Deno.renameSync(aside, path);
  } catch {
    // The next process reads the plugin again.
  }
}
