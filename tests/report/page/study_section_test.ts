import assert from "node:assert/strict";
import { studySection } from "../../../lib/report/page/study_section.ts";
import { FACTS } from "../study.ts";

Deno.test("studySection() divides a stage's time by the cells that took it", () => {
  const { seconds: _, ...template } = FACTS.cells[0]!;
  const cells = Array.from({ length: 10 }, (_, k) => ({
    ...template,
    id: `train[trial=${k}]`,
    stage: "train",
    state: "to run" as const,
  })).map((cell, k) => k === 0 ? { ...cell, state: "done" as const, seconds: 100 } : cell);
  const { html } = studySection({ ...FACTS, cells }, []);
  const cellsOf = (stage: string) => {
    const row = html.slice(html.indexOf(`>${stage}</th>`)).split("</tr>")[0]!;
    return [...row.matchAll(/<td>([^<]*)<\/td>/g)].map(([, text]) => text);
  };
  assert.deepEqual(cellsOf("train"), ["10", "1 min 40 s", "1 min 40 s", "100 %"]);
  assert.deepEqual(cellsOf("ritz"), ["0", "0.0 s", "–", "0 %"]);
});
