/** The npm packages that set-up compiles from, in the local `node_modules`. */
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { lastLines, SetupFailure } from "./failure.ts";
import { ADDON_SOURCE_SHA256, TFJS_NODE_VERSION } from "./release.ts";
import type { System } from "./system.ts";

/** Folders of the packages that the addon is made of. */
export interface AddonPackages {
  /** Folder of `@tensorflow/tfjs-node`. */
  readonly tfjsNode: string;
  /** Folder of the Node-API headers, `node-api-headers/include`. */
  readonly nodeHeaders: string;
}

/**
 * Finds the packages of the addon, making `node_modules` first if this is a fresh clone.
 *
 * @throws {SetupFailure} If they cannot be installed, or are not the pinned version.
 */
export async function addonPackages(system: System): Promise<AddonPackages> {
  let folders = find(system);
  if (folders === undefined) {
    const install = await system.run(Deno.execPath(), ["install"], { cwd: projectFolder() });
    folders = find(system);
    if (folders === undefined) {
      throw new SetupFailure({
        step: "install the npm packages",
        why: install.code === 0
          ? "`deno install` left no @tensorflow/tfjs-node in node_modules"
          : lastLines(install.output),
        mend: "run `deno install` and read what it says",
      });
    }
  }
  const digest = await sourceDigest(`${folders.tfjsNode}/binding`);
  if (digest !== ADDON_SOURCE_SHA256) {
    throw new SetupFailure({
      step: "install the npm packages",
      why: `the addon's source in ${folders.tfjsNode} has digest ${digest.slice(0, 12)}…, ` +
        `not the pinned ${ADDON_SOURCE_SHA256.slice(0, 12)}… of version ${TFJS_NODE_VERSION}`,
      mend: "delete node_modules and run `deno install`",
    });
  }
  return folders;
}

/** SHA-256 over `sha256sum` lines of the folder's files in the order of their names, in hex. */
export async function sourceDigest(folder: string): Promise<string> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(folder)) names.push(entry.name);
  const lines = await Promise.all(
    names.sort().map(async (name) => {
      const bytes = await Deno.readFile(`${folder}/${name}`);
      return `${createHash("sha256").update(bytes).digest("hex")}  ${name}\n`;
    }),
  );
  return createHash("sha256").update(lines.join("")).digest("hex");
}

function find(system: System): AddonPackages | undefined {
  const tfjsNode = system.packageFolder("@tensorflow/tfjs-node");
  const headers = system.packageFolder("node-api-headers");
  return tfjsNode && headers ? { tfjsNode, nodeHeaders: `${headers}/include` } : undefined;
}

/** The folder of deno.json. */
function projectFolder(): string {
  return fileURLToPath(new URL("../../../", import.meta.url));
}
