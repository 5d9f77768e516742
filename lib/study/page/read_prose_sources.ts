/** Reading what the prose of the documents may refer to. */
import { resolve } from "node:path";
import { artifactsNamed, type ProseSources } from "./prose_numbers.ts";
import { textIfThere } from "./text_if_there.ts";

/**
 * What the prose of the documents may refer to.
 *
 * @param root The repository's root.
 * @param paths The documents, from there.
 * @param artifacts The folder of artifacts; without one no number is looked up there.
 */
export async function readProseSources(
  root: string,
  paths: readonly string[],
  artifacts?: string,
): Promise<ProseSources> {
  const documents = new Map<string, string>();
  for (const path of paths) documents.set(path, await Deno.readTextFile(resolve(root, path)));
  const studies = new Map<string, string>();
  for await (const { name } of Deno.readDir(resolve(root, "studies"))) {
    if (!name.endsWith(".yaml")) continue;
    studies.set(name.slice(0, -5), await Deno.readTextFile(resolve(root, "studies", name)));
  }
  if (artifacts === undefined) return { documents, studies };
  const files = new Map<string, string>();
  for (const file of [...documents.values()].flatMap(artifactsNamed)) {
    const text = await textIfThere(`${artifacts}/${file}`);
    if (text !== undefined) files.set(file, text);
  }
  return { documents, studies, artifacts: files };
}
