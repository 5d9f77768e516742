import { z } from "zod";
import { sha256 } from "../key/canonical.ts";
import type { Layout } from "./layout.ts";

const treeSchema = z.strictObject({
  type: z.literal("tree"),
  files: z.array(z.strictObject({
    path: z.string().refine((path) => !path.startsWith("/") && !path.split("/").includes("..")),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    bytes: z.int().nonnegative(),
  })),
});

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
