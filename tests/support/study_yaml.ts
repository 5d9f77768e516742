/** The repository's own study with all its profiles, as plain values. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { readStudies } from "../../lib/pipeline/open/study_files.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** `pipeline.yaml`, with each of `studies/*.yaml` under `profiles`. */
// deno-lint-ignore no-explicit-any -- Tests say what they expect of it.
export async function studyYaml(): Promise<any> {
  const yaml = parse(await Deno.readTextFile(join(ROOT, "pipeline.yaml")));
  const studies = readStudies(ROOT, (path) => path);
  return {
    ...yaml,
    profiles: Object.fromEntries(studies.map(({ profile, text }) => [profile, parse(text)])),
  };
}
