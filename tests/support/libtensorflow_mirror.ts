import assert from "node:assert/strict";
import { LIBRARIES, unpackWheel } from "../../lib/engine/setup/wheel.ts";

/** A loopback host of libtensorflow, in the form that tfjs-node's installer downloads. */
export interface Mirror extends AsyncDisposable {
  /** For `TFJS_NODE_BASE_URI`. */
  readonly uri: string;
}

/**
 * Serves the libraries of a wheel as the archive that tfjs-node 4.22.0's installer asks for:
 * `cpu-linux-x86_64-2.9.1.tar.gz` with `include/` and `lib/libtensorflow.so.2.9.1`.
 *
 * The libraries know each other by the wheel's names, so those are links beside the old names.
 *
 * @param folder Where to build the archive; one that is there already is served again.
 */
export async function serveLibtensorflow(wheel: string, folder: string): Promise<Mirror> {
  const archive = `${folder}/libtensorflow.tar.gz`;
  if (!(await Deno.stat(archive).then(() => true, () => false))) await pack(wheel, folder, archive);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      if (!request.url.endsWith("-2.9.1.tar.gz")) return new Response("not here", { status: 404 });
      const { size } = await Deno.stat(archive);
      const body = (await Deno.open(archive)).readable;
      return new Response(body, { headers: { "content-length": String(size) } });
    },
  );
  return {
    uri: `http://127.0.0.1:${server.addr.port}/libtensorflow-`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function pack(wheel: string, folder: string, archive: string): Promise<void> {
  const tree = `${folder}/tree`;
  await unpackWheel(wheel, tree);
  for (const library of LIBRARIES) {
    const old = library.replace("_cc", "").replace(".so.2", ".so");
    await Deno.rename(`${tree}/lib/${library}`, `${tree}/lib/${old}.2.9.1`);
    for (const name of new Set([library, `${old}.2`, old])) {
      await Deno.symlink(`${old}.2.9.1`, `${tree}/lib/${name}`);
    }
  }
  const tar = new Deno.Command("tar", {
    args: ["-C", tree, "--use-compress-program=gzip -1", "-cf", archive, "include", "lib"],
  });
  assert.ok((await tar.output()).success, "tar failed");
  await Deno.remove(tree, { recursive: true });
}
