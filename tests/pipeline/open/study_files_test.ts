import assert from "node:assert/strict";
import { readStudies } from "../../../lib/pipeline/open/study_files.ts";
import { temporaryFolder } from "../../support/temporary_folder.ts";

Deno.test("readStudies() has studies in the order of their names, without what they end in", async () => {
  await using folder = await temporaryFolder();
  assert.deepEqual(readStudies(folder.path, String), []);
  await Deno.mkdir(`${folder.path}/studies`);
  for (const name of ["scan-small.yaml", "scan.yaml", ".hidden.yaml", "notes.md"]) {
    await Deno.writeTextFile(`${folder.path}/studies/${name}`, name);
  }
  const studies = readStudies(folder.path, (path) => path.slice(folder.path.length));
  assert.deepEqual(studies, [
    { name: "/studies/scan.yaml", profile: "scan", text: "scan.yaml" },
    { name: "/studies/scan-small.yaml", profile: "scan-small", text: "scan-small.yaml" },
  ]);
});
