import type { SourceFile } from "./architecture.ts";

/** The root of the repository, with a slash at its end. */
export const ROOT = new URL("../../", import.meta.url);

/** All TypeScript files below these folders of the repository, in the order of their paths. */
export async function sourceFiles(folders: readonly string[]): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for (const folder of folders) {
    for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
      const path = `${folder}/${name}`;
      if (isDirectory) files.push(...await sourceFiles([path]));
      else if (name.endsWith(".ts")) {
        files.push({ path, text: await Deno.readTextFile(new URL(path, ROOT)) });
      }
    }
  }
  return files.sort((a, b) => a.path < b.path ? -1 : 1);
}
