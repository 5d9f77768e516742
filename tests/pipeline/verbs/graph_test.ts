import assert from "node:assert/strict";
import { parseStudy } from "../../../lib/pipeline/config/parse_study.ts";
import { expandStudy } from "../../../lib/pipeline/plan/expand.ts";
import { mermaid } from "../../../lib/pipeline/verbs/graph.ts";

const ROOT = new URL("../../../lib/pipeline/", import.meta.url).pathname;

Deno.test("mermaid() writes names and labels so that Mermaid takes none for its own", () => {
  const study = parseStudy(
    `version: 1
axes: { lab: ['a"b#c;<d>|&', e] }
stages:
  end: { run: stage.ts, matrix: [lab], outputs: { out: o } }
  ending: { run: stage.ts, inputs: { in: 'end[lab=a"b#c;<d>|&].out' }, outputs: { out: o } }
`,
    { name: "pipeline.yaml", root: ROOT },
  );
  assert.equal(
    mermaid(study, expandStudy(study)),
    `flowchart LR
  stage_end["end<br/>lab<br/>2 cells"]
  ending["ending<br/>1 cell"]
  stage_end -->|"out lab=a#34;b#35;c#59;#60;d#62;#124;#38;"| ending
`,
  );
});
