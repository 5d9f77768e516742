import assert from "node:assert/strict";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { studyJsonSchema, StudySchema } from "../../../lib/pipeline/config/schema.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

Deno.test("the schema that pipeline.yaml names for editors is the one that is checked", async () => {
  const path = resolve(ROOT, "pipeline.yaml");
  const [first] = (await Deno.readTextFile(path)).split("\n");
  const [, named] = /^# yaml-language-server: \$schema=(.+)$/.exec(first!) ?? [];
  const committed = await Deno.readTextFile(resolve(dirname(path), named!));
  assert.equal(
    committed,
    studyJsonSchema(),
    `to mend: deno task basin schema > ${named}`,
  );
});

Deno.test("studyJsonSchema() has every key, strictly, with words for editors", () => {
  const schema = JSON.parse(studyJsonSchema());
  assert.equal(schema.$schema, "https://json-schema.org/draft/2020-12/schema");
  assert.deepEqual(Object.keys(schema.properties), Object.keys(StudySchema.shape));
  assert.equal(schema.additionalProperties, false);
  const stage = schema.properties.stages.additionalProperties;
  assert.equal(stage.additionalProperties, false);
  assert.deepEqual(stage.required, ["run", "outputs"]);
  assert.match(stage.properties.inputs.description, /stage\[\*\]\.output/);
  assert.equal(schema.properties.axes.additionalProperties.anyOf.length, 3);
});
