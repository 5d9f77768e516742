/** A study whose cells are computed in the test's own process: hundreds of runs in a few seconds. */
import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunEvent } from "../../lib/pipeline/events.ts";
import type { EngineFacts } from "../../lib/pipeline/key/preimage.ts";
import type { Outcome } from "../../lib/pipeline/run/executor.ts";
import type { Summary } from "../../lib/pipeline/run/scheduler.ts";
import { runCells } from "../../lib/pipeline/run/run_cells.ts";
import { runWorker } from "../../lib/pipeline/worker/worker.ts";
import { pruneView, viewRoot } from "../../lib/pipeline/store/view.ts";
import { openWorkspace } from "../../lib/pipeline/open/open_workspace.ts";
import type { Workspace } from "../../lib/pipeline/run/workspace.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/** Three stages, six cells, files and a folder; quiet, and the same at every run. */
const STUDY = `version: 1
seed: 3
axes: { trial: { range: [0, 2] } }
stages:
  make: { run: make.ts, outputs: { out: out.json } }
  grow:
    run: grow.ts
    matrix: [trial]
    inputs: { made: make.out }
    outputs: { metrics: metrics.json, folder: folder/ }
  sum: { run: sum.ts, inputs: { grown: "grow[*].folder" }, outputs: { terminal: terminal.md } }
`;

/** A study of the same three stages with so many cells. */
export function studyOfCells(count: number): string {
  return STUDY.replace("[0, 2]", `[0, ${count - 2}]`);
}

const HEAD = 'import { z } from "zod";\nexport default { summary: "A toy",\n';
const STAGES = {
  "make.ts": `${HEAD} parameters: z.strictObject({ seed: z.int() }), run(c) {
    Deno.writeTextFileSync(c.output("out"), "made of " + c.parameters.seed); } };`,
  "grow.ts": `${HEAD} parameters: z.strictObject({ trial: z.int() }), run(c) {
    const text = Deno.readTextFileSync(c.input("made").path) + " at " + c.parameters.trial;
    Deno.writeTextFileSync(c.output("metrics"), JSON.stringify({ text, loss: 0.25 }));
    Deno.mkdirSync(c.output("folder") + "/a", { recursive: true });
    Deno.writeTextFileSync(c.output("folder") + "/a/b.txt", text);
    Deno.writeTextFileSync(c.output("folder") + "/c.txt", text.length + ""); } };`,
  "sum.ts": `${HEAD} parameters: z.strictObject({}), run(c) {
    const texts = c.inputs("grown").map(({ path }) => Deno.readTextFileSync(path + "/a/b.txt"));
    Deno.writeTextFileSync(c.output("terminal"), texts.join("\\n")); } };`,
};

/** What a run in this process came to. */
export interface RanHere {
  readonly workspace: Workspace;
  readonly summary: Summary;
  readonly events: readonly RunEvent[];
}

/** A study in a scratch folder; disposing of it removes it. */
export interface StudyHere extends AsyncDisposable {
  readonly folder: string;
  /** Brings it up to date, as `run` does. */
  run(): Promise<RanHere>;
  open(): Promise<Workspace>;
  /** Every file below `view/` → its text, links followed. */
  view(): Record<string, string>;
  /** Every plain file below `artifacts/`, the view and the quarantine left out. */
  storedFiles(): string[];
}

/** Writes a study to a scratch folder. @param yaml Of the same stages as the small one. */
export async function studyHere(yaml = STUDY): Promise<StudyHere> {
  const folder = realpathSync(await Deno.makeTempDir({ prefix: "basin-here-" }));
  await Deno.writeTextFile(join(folder, "pipeline.yaml"), yaml);
  for (const [name, text] of Object.entries(STAGES)) {
    await Deno.writeTextFile(join(folder, name), text.replaceAll("run(c)", "async run(c: any)"));
  }
  return {
    folder,
    open: () => openHere(folder),
    run: () => runHere(folder),
    view: () => viewOf(folder),
    storedFiles: () => storedFiles(folder),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** Opens the study in a folder. @param engine Of stages that compute. */
export function openHere(
  folder: string,
  profile = "default",
  engine: EngineFacts = {},
): Promise<Workspace> {
  return openWorkspace({
    file: join(folder, "pipeline.yaml"),
    profile,
    project: PROJECT,
    engine: () => engine,
  });
}

/** Brings the study in a folder up to date, with so many cells at once. */
export async function runHere(
  folder: string,
  jobs?: number,
  engine?: EngineFacts,
): Promise<RanHere> {
  const workspace = await openHere(folder, "default", engine);
  const cells = [...workspace.graph.values()];
  const events: RunEvent[] = [];
  const summary = await runCells(workspace, cells, {
    jobs,
    worker: "",
    listeners: [(event) => events.push(event)],
    signal: new AbortController().signal,
    kill: new AbortController().signal,
    makeExecutor: executorHere,
  });
  pruneView(viewRoot(workspace.layout, workspace.study.profile), cells); // as `run` does
  return { workspace, summary, events };
}

/** Every file below the view of the study in a folder → its text, links followed. */
export function viewOf(folder: string): Record<string, string> {
  const root = join(folder, "artifacts/view");
  return Object.fromEntries(
    filesBelow(root).filter((path) => !path.endsWith(".key.json"))
      .map((path) => [path.slice(root.length), readFileSync(path, "utf8")]),
  );
}

/** Every plain file below the artifacts of a folder, the view and the quarantine left out. */
export function storedFiles(folder: string): string[] {
  return filesBelow(join(folder, "artifacts"))
    .filter((path) => !/artifacts\/(view|store\/quarantine)\//.test(path));
}

/** Computes cells in this process, through the same code as a worker's process does. */
function executorHere() {
  return {
    async execute(_cell: unknown, job: Parameters<typeof runWorker>[0]): Promise<Outcome> {
      let outcome: Outcome = { kind: "busy" };
      await runWorker(job, (event) => {
        if (event.type === "published") outcome = { ...event, kind: "published" };
        if (event.type === "corrupt") outcome = { kind: "corrupt", digests: event.digests };
        if (event.type === "failed") {
          outcome = {
            kind: "failed",
            cause: "stage",
            reason: event.reason,
            log: undefined,
            tail: [],
          };
        }
      });
      return outcome;
    },
    stop() {},
  };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).sort().flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}
