import { z } from "zod";
import { compareCodeUnits, sha256 } from "../key/canonical.ts";
import type { Layout } from "./layout.ts";

const treeSchema = z.strictObject({
  type: z.literal("tree"),
  files: z.array(z.strictObject({
    path: z.string().refine(isPathBelow),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    bytes: z.int().nonnegative(),
  })).refine((files) => isListing(files.map(({ path }) => path))),
});

/** What a file system bears: bytes of a name, and of a path below the store. */
const NAME_BYTES = 255;
const PATH_BYTES = 3000;

/** Whether a file can have this path below a folder: no way out, nothing that no disk can hold. */
function isPathBelow(path: string): boolean {
  const bytes = (text: string) => new TextEncoder().encode(text).length;
  return bytes(path) <= PATH_BYTES && !path.includes("\0") &&
    path.split("/").every((part) =>
      part !== "" && part !== "." && part !== ".." && bytes(part) <= NAME_BYTES
    );
}

/** Whether the paths are in order, each once, and no file lies where another one's folder does. */
function isListing(paths: readonly string[]): boolean {
  const files = new Set(paths);
  return paths.every((path, i) => {
    if (i > 0 && compareCodeUnits(paths[i - 1]!, path) >= 0) return false;
    const parts = path.split("/");
    return parts.slice(1).every((_, depth) => !files.has(parts.slice(0, depth + 1).join("/")));
  });
}

/** The listing of a folder, files in code unit order of their paths. */
export type Tree = z.infer<typeof treeSchema>;

/** Reads the listing of a folder; `undefined` if it is missing or not what its name says. */
export function readTree({ disk, tree }: Layout, hex: string): Tree | undefined {
  try {
    const text = disk.readFileSync(tree(hex));
    return sha256(text) === hex ? treeSchema.parse(JSON.parse(String(text))) : undefined;
  } catch {
    return undefined;
  }
}
