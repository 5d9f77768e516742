import assert from "node:assert/strict";
import type { InputArtifact } from "../../lib/pipeline/stage.ts";
import { writeJson } from "../../lib/study/artifacts.ts";
import tables from "../../tasks/tables.ts";
import { ritzRecord, sharpnessRecord, trainRecord } from "../report/records.ts";
import { fakeContext } from "../support/fake_context.ts";

const GOLDEN = new URL("../golden/tables.md", import.meta.url);
const TRIALS = [0, 1, 2];
const REGIMES = ["SB", "LB"] as const;

/** What one cell published: its labels, and the JSON that it wrote. */
interface Published {
  readonly cell: Readonly<Record<string, string>>;
  readonly status?: "ok" | "diverged";
  readonly json: unknown;
}

/** Runs the stage on these results, and gives what it wrote to `use`. */
async function withTables(
  results: Readonly<Record<string, readonly Published[]>>,
  use: (terminal: string, folder: string) => void | Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "basin-test-" });
  try {
    const inputs: Record<string, InputArtifact[]> = {};
    for (const [name, published] of Object.entries(results)) {
      inputs[name] = await Promise.all(published.map(async ({ cell, status, json }, k) => {
        const path = `${folder}/${name}-${k}.json`;
        await writeJson(path, json);
        return { cell, status: status ?? "ok", path };
      }));
    }
    await tables.run(fakeContext({ parameters: {}, folder, inputs }));
    await use(await Deno.readTextFile(`${folder}/full`), `${folder}/tables`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function cellOf({ network, regime, trial }: { network: string; regime: string; trial: number }) {
  return { network, regime, trial: `${trial}` };
}

/** Three trials, of which the last one of LB diverged: its loss is NaN. */
const train: Published[] = REGIMES.flatMap((regime) =>
  TRIALS.map((trial) => {
    const isLost = regime === "LB" && trial === 2;
    const json = trainRecord(
      regime,
      trial,
      isLost ? { trainLoss: NaN, stopReason: "diverged" } : {},
    );
    return { cell: cellOf(json), json, ...(isLost && { status: "diverged" as const }) };
  })
);

/** φ grows with the trial; the third of LB was measured at the least iterate of a lost run. */
const sharpness: Published[] = REGIMES.flatMap((regime) =>
  TRIALS.flatMap((trial) =>
    [1e-3, 5e-4].flatMap((epsilon) =>
      (["full", { dimension: 100, distribution: "gaussian", seed: 7 + trial }] as const).map(
        (space) => {
          const percent = (regime === "SB" ? 1 : 80) * (trial + 1) * (epsilon / 1e-3) ** 2 *
            (space === "full" ? 1 : 0.001);
          const json = sharpnessRecord(regime, trial, percent, { epsilon, space });
          return { cell: { ...cellOf(json), eps: `${epsilon}` }, json };
        },
      )
    )
  )
);

const ritz: Published[] = REGIMES.map((regime) => {
  const json = ritzRecord(regime, 0, regime === "SB" ? 0.02 : 0.5);
  return { cell: cellOf(json), json };
});

const WARM_CELL = { network: "F1", trial: "0", warmEpochs: "5" };
const warm: Published[] = [{
  cell: WARM_CELL,
  json: { ...trainRecord("LB", 0), warmEpochs: 5, start: { testAccuracyPercent: 94 } },
}];
const warmSharpness: Published[] = [{ cell: WARM_CELL, json: sharpnessRecord("LB", 0, 60) }];
const study = { train, sharpness, ritz, warm, warmSharpness };

Deno.test("tables prints what stands in golden/tables.md", async () => {
  await withTables(study, async (terminal) => {
    // Written anew on request, to be read before it is committed.
    if (Deno.env.get("UPDATE_GOLDEN")) await Deno.writeTextFile(GOLDEN, terminal);
    assert.equal(terminal, await Deno.readTextFile(GOLDEN));
    const widest = Math.max(...terminal.split("\n").map((line) => [...line].length));
    assert.ok(widest <= 110, `a line has ${widest} characters`);
  });
});

Deno.test("tables' summary states each claim, ours beside the paper's, and where the tables are", async () => {
  await withTables(study, async (_, folder) => {
    const text = await Deno.readTextFile(`${folder}/../terminal`);
    const lines = text.trimEnd().split("\n");
    assert.ok(lines.length <= 12, text);
    const claims = lines.filter((line) => /^[✓✗≈–·]/.test(line));
    assert.equal(claims.length, 3); // both ε and test accuracy
    assert.match(claims[0]!, /^✓ F1: large-batch minima are sharper \(ε = 1e-3, full space\)\? /);
    assert.match(text, /n = 2; sharper in 2 of 2 trials/);
    assert.match(
      text.replace(/\s+/g, " "),
      /The paper: sharper by a factor of 167\. As in the paper\./,
    );
    assert.match(lines.at(-1)!, /basin show tables/);
    assert.ok(lines.every((line) => [...line].length <= 102));
  });
});

Deno.test("tables counts nothing that was measured on a diverged run", async () => {
  await withTables(study, async (_, folder) => {
    const { rows, notes } = JSON.parse(await Deno.readTextFile(`${folder}/table3.json`));
    assert.equal(rows[0].nLB, 2);
    assert.equal(rows[0].meanLB, 120); // of 80 and 160, without 240
    assert.ok(notes.includes("† Diverged, and in no mean: F1 LB trial 2."));
  });
});

Deno.test("tables says under a table what a search on samples cost, as the results have it", async () => {
  const search = { samples: 8, evaluations: 100, inEvaluations: 9.25, apart: 0.03 };
  const searched = sharpness.map(({ cell, json }) => ({
    cell,
    json: { ...(json as object), protocol: "converged", search },
  }));
  await withTables({ train, sharpness: searched }, async (_, folder) => {
    assert.match(
      (await Deno.readTextFile(`${folder}/table3.md`)).replaceAll("\n", " "),
      /a search on 8 samples of the examples has led, which costs as much as 9\.3 evaluations/,
    );
  });
});

Deno.test("tables writes each table as Markdown, CSV and JSON", async () => {
  await withTables(study, async (_, folder) => {
    const files = (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
    const names = [
      ...["distance", "measures", "ritz", "spectrum", "table2", "table3", "table4", "warm_start"],
    ];
    assert.deepEqual(
      files,
      [...names.flatMap((name) => [`${name}.csv`, `${name}.json`, `${name}.md`]), "findings.md"]
        .sort(),
    );
    assert.match(
      await Deno.readTextFile(`${folder}/findings.md`),
      /^- \*\*Large-batch minima are sharper \(ε = 1e-3, full space\)\?\*\* Sharper by a factor/,
    );
    const [header, first] = (await Deno.readTextFile(`${folder}/warm_start.csv`)).split("\n");
    const cells = new Map(header!.split(",").map((name, k) => [name, first!.split(",")[k]]));
    assert.equal(cells.get("testBeforeMean"), "94");
    assert.equal(cells.get("sharpnessMean"), "60");
  });
});

Deno.test("tables works on a study without sharpness, Ritz values and warm starts", async () => {
  await withTables({ train }, (terminal) => {
    assert.match(terminal, /F1: no pair of sharpness values at ε = 1e-3 in full space yet/);
    assert.doesNotMatch(terminal, /Table 3|Warm start|Nothing was measured/);
  });
});

Deno.test("tables names the cell and the field of a result that it cannot read", async () => {
  const { percent: _, ...json } = sharpnessRecord("SB", 1, 1);
  const broken = { cell: cellOf(json), json };
  await assert.rejects(
    withTables({ train, sharpness: [broken] }, () => {}),
    ({ name, message }: Error) =>
      name === "TypeError" && /network=F1,regime=SB,trial=1/.test(message) &&
      /percent/.test(message),
  );
});

Deno.test("tables takes networks by their labels, and by their names where there are none", async () => {
  const runs = REGIMES.map((regime) => ({ cell: { regime }, json: trainRecord(regime, 0) }));
  await withTables({ train: runs }, (terminal) => assert.match(terminal, /^F1: /));
  const labelled = runs.map(({ cell, json }) => ({ cell: { ...cell, network: "wide" }, json }));
  await withTables({ train: labelled }, (terminal) => assert.match(terminal, /^wide: /));
});
