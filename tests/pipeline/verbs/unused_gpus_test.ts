import assert from "node:assert/strict";
import type { Workspace } from "../../../lib/pipeline/run/workspace.ts";
import { planVerb } from "../../../lib/pipeline/verbs/plan.ts";
import type { StudyContext } from "../../../lib/pipeline/verbs/verb.ts";
import { unusedGpusText } from "../../../lib/pipeline/verbs/unused_gpus.ts";
import { openHere, studyHere } from "../in_process.ts";

Deno.test("unusedGpusText() counts the GPUs, and is silent where an engine uses one", () => {
  const two = ["NVIDIA L4", "NVIDIA L4"];
  assert.match(unusedGpusText(two, [{ name: "tensorflow" }]), /^2 GPUs are unused \(NVIDIA L4\):/);
  assert.equal(unusedGpusText(two, [{ name: "portable", backend: "webgpu" }]), "");
  assert.equal(unusedGpusText(two, [{ name: "xla", platform: "rocm" }]), "");
  assert.equal(unusedGpusText([], [{ name: "tensorflow" }]), "");
  assert.equal(unusedGpusText(two, []), "", "no stage computes");
});

Deno.test("planVerb() says that GPUs are unused as long as something is to be computed", async () => {
  await using study = await studyHere();
  const planned = async (workspace: Workspace) => {
    let text = "";
    const terminal = {
      write: (more: string) => text += more,
      warn: () => {},
      colour: false,
    };
    const engines = new Map([["of no cell", { name: "tensorflow" }]]);
    const context = { terminal, workspace: { ...workspace, engines }, json: false };
    assert.equal(await planVerb(context as unknown as StudyContext, ["NVIDIA H100"]), 0);
    return text;
  };
  assert.match(
    await planned(await openHere(study.folder)),
    /\n1 GPU is unused \(NVIDIA H100\): `deno task s/,
  );
  await study.run();
  assert.doesNotMatch(await planned(await openHere(study.folder)), /GPU/);
});
