import assert from "node:assert/strict";
import { relative, sep } from "node:path";
import { FaultList } from "../../lib/pipeline/config/fault.ts";
import { collectStudy } from "../../lib/pipeline/config/parse_study.ts";
import { expandStudy } from "../../lib/pipeline/plan/expand.ts";
import { layoutOf } from "../../lib/pipeline/store/layout.ts";
import { viewFolder, viewRoot } from "../../lib/pipeline/store/view.ts";
import { names } from "./names.ts";

const ROOT = "/study";

/** A study with the name in one place. JSON is YAML, and quotes whatever the name holds. */
const PLACES: Readonly<Record<string, (name: string) => { study: unknown; profile?: string }>> = {
  profile: (name) => ({
    study: studyWith({ profiles: entry(name, { axes: { trial: [0] } }) }),
    profile: name,
  }),
  stage: (name) => ({ study: studyWith({ stages: entry(name, stage({ matrix: ["trial"] })) }) }),
  axis: (name) => ({
    study: studyWith({
      axes: entry(name, { range: [0, 2] }),
      stages: { make: stage({ matrix: [name] }) },
    }),
  }),
  label: (name) => ({ study: studyWith({ axes: { trial: entry(name, { value: 1 }) } }) }),
  "output's name": (name) => ({
    study: studyWith({ stages: { make: stage({ outputs: entry(name, "out.json") }) } }),
  }),
  "output's path": (name) => ({
    study: studyWith({ stages: { make: stage({ outputs: { out: name } }) } }),
  }),
};

function studyWith(parts: object): unknown {
  return {
    version: 1,
    axes: { trial: { range: [0, 2] } },
    stages: { make: stage({ matrix: ["trial"] }) },
    ...parts,
  };
}

function stage(parts: object) {
  return { run: "make.ts", outputs: { out: "out.json" }, ...parts };
}

/** As JSON has it: `__proto__` is a name like any other. */
function entry(name: string, value: unknown): object {
  return JSON.parse(`{${JSON.stringify(name)}: ${JSON.stringify(value)}}`);
}

/**
 * Puts every name into every place: it is a fault of the study, or all paths that it leads to lie
 * below the artifacts folder and can be had on a disk.
 *
 * @returns How many names were taken, by place.
 */
export function tryNames(seed: number, count: number): Map<string, number> {
  const taken = new Map<string, number>();
  for (const [place, studyOf] of Object.entries(PLACES)) {
    taken.set(place, 0);
    for (const name of names(seed, count)) {
      const { study: content, profile = "default" } = studyOf(name);
      const what = `${place} ${JSON.stringify(name)} (seed ${seed})`;
      const { study, faults } = collectStudy(JSON.stringify(content, undefined, 1), {
        name: "pipeline.yaml",
        root: ROOT,
        profile,
      });
      // The module is not there, and is a fault that every one of these studies has.
      const own = faultsOf(faults).filter((text) => !/make\.ts/.test(text));
      if (own.length > 0) continue;
      taken.set(place, taken.get(place)! + 1);
      const layout = layoutOf(`${ROOT}/artifacts`);
      const root = viewRoot(layout, study.profile);
      const cells = [...expandStudy(study, new FaultList(study.source)).values()];
      assert.ok(cells.length > 0, what);
      for (const cell of cells) {
        const folder = viewFolder(root, cell);
        for (const { path } of cell.stage.outputs.values()) {
          assertBelow(layout.view, `${folder}/${path}`, what);
          assertBelow(folder, `${folder}/${path}`, what);
        }
      }
    }
  }
  return taken;
}

function faultsOf(faults: FaultList): string[] {
  try {
    faults.throwIfAny();
    return [];
  } catch (error) {
    const blocks = (error as Error).message.split(/\n(?=pipeline\.yaml:)/);
    return blocks.filter((block) => block.startsWith("pipeline.yaml:"));
  }
}

function assertBelow(folder: string, path: string, what: string): void {
  const parts = relative(folder, path).split(sep);
  assert.ok(path.startsWith(`${folder}/`), `${what} leads to ${path}`);
  for (const part of parts) {
    assert.ok(part !== ".." && part !== "." && part !== "", `${what} leads to ${path}`);
    assert.ok(!part.includes("\0"), `${what} leads to NUL`);
    assert.ok(new TextEncoder().encode(part).length <= 255, `${what} is too long for a disk`);
  }
}
