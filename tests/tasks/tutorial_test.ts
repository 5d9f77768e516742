/** Follows docs/tutorial.md: its stage and its studies are taken from the page and used. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { network } from "../../lib/networks/zoo.ts";
import { parseStudy } from "../../lib/pipeline/config/parse_study.ts";
import { expandStudy } from "../../lib/pipeline/plan/expand.ts";
import type { Stage } from "../../lib/pipeline/stage.ts";
import { writeWeights } from "../../lib/study/artifacts.ts";
import { fakeContext } from "../support/fake_context.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PAGE = await Deno.readTextFile(join(ROOT, "docs/tutorial.md"));

function blocks(kind: string): string[] {
  return [...PAGE.matchAll(RegExp(`^\`\`\`${kind}.*\n([^]*?)^\`\`\``, "gm"))].map(([, text]) =>
    text!
  );
}

Deno.test("the tutorial's studies are sound, and make the cells that they speak of", async () => {
  const [rates, norms] = blocks("yaml");
  const main = await Deno.readTextFile(join(ROOT, "pipeline.yaml"));
  const cells = (profile: string, text: string, root: string) => {
    const studies = [{ name: `studies/${profile}.yaml`, profile, text }];
    const study = parseStudy(main, { name: "pipeline.yaml", root, profile, studies });
    return [...expandStudy(study).keys()];
  };
  assert.equal(cells("rates", rates!, ROOT).filter((id) => id.startsWith("sharpness")).length, 4);
  // The stage's module is the page's own, so it stands in for one that is there.
  const text = norms!.replace("tasks/norm.ts", "tasks/ritz.ts");
  assert.equal(cells("norms", text, ROOT).filter((id) => id.startsWith("norm")).length, 2);
});

Deno.test("the tutorial's stage measures what it says", async () => {
  const [text] = blocks("ts");
  const folder = await Deno.makeTempDir({ prefix: "basin-test-" });
  try {
    const module = join(folder, "norm.ts");
    await Deno.writeTextFile(
      module,
      text!.replaceAll(/"(\.\.?)\//g, (_, dots) => `"${ROOT}${dots === "." ? "tasks/" : ""}`),
    );
    const stage = (await import(`file://${module}`)).default as Stage;
    const net = network("F1", {});
    const x = initialPoint(net, 1);
    const weights = join(folder, "weights.safetensors");
    await writeWeights(net, weights, x);
    const parameters = stage.parameters.parse({ network: "F1", evaluationBatch: 10 });
    const inputs = { weights: [{ cell: {}, status: "ok", path: weights }] } as const;
    await stage.run(
      fakeContext({
        parameters,
        folder,
        inputs: { ...inputs, weights: [...inputs.weights] },
      }) as never,
    );
    const { norm } = JSON.parse(await Deno.readTextFile(join(folder, "metrics")));
    // Weights are kept in float32: a relative 6e-8 each.
    assert.ok(Math.abs(norm / Math.sqrt(x.reduce((sum, xi) => sum + xi * xi, 0)) - 1) < 1e-6);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
