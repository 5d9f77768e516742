import type { InputArtifact } from "../../lib/pipeline/stage.ts";

/** Writes what a cell has published, as JSON, into a folder; names and labels tell the files apart. */
export async function publishedArtifact(
  folder: string,
  name: string,
  cell: Readonly<Record<string, string>>,
  json: object,
): Promise<InputArtifact> {
  const path = `${folder}/${[name, ...Object.values(cell)].join("-")}.json`;
  await Deno.writeTextFile(path, JSON.stringify(json));
  return { cell, status: "ok", path };
}
