/** Decides for one cell: has it a result already, and if not, why? */
import { homedir } from "node:os";
import { resolve } from "node:path";
import type { Access } from "../config/access.ts";
import { explain, ineffectiveEdits, type KeyDocument } from "../key/explain.ts";
import { keyOf, type Preimage } from "../key/preimage.ts";
import type { StageModule } from "../key/stage_module.ts";
import { type Cell, upstreamOf } from "../plan/cell.ts";
import { keyedParameters, selectParameters } from "../plan/parameters.ts";
import { readKeyDocument } from "../store/attempt.ts";
import { readRecord, type ResultRecord } from "../store/record.ts";
import { viewedKey, viewFolder, viewRoot } from "../store/view.ts";
import type { Job } from "../worker/job.ts";
import { declaredEnvironment } from "./worker_environment.ts";
import type { Workspace } from "./workspace.ts";

/** The state of a cell. */
export type Inspection =
  | { readonly kind: "hit"; readonly key: string; readonly record: ResultRecord }
  | {
    readonly kind: "run";
    readonly key: string;
    readonly document: KeyDocument;
    /** There is a record, but it cannot be used and has to be dropped. */
    readonly damage?: {
      /** What is damaged or missing, in words. */
      readonly text: string;
      /** Damaged objects, to be moved aside. */
      readonly objects: readonly string[];
    };
  }
  /** Its key is not known before these have run. */
  | { readonly kind: "waits"; readonly for: readonly Cell[] };

/**
 * Inspects a cell.
 *
 * @param resultOf The result of a cell upstream, if it has one that can be used.
 */
export function inspectCell(
  workspace: Workspace,
  cell: Cell,
  resultOf: (cell: Cell) => ResultRecord | undefined,
): Inspection {
  const open = upstreamOf(cell).filter((upstream) => resultOf(upstream) === undefined);
  if (open.length > 0) return { kind: "waits", for: open };
  const document = keyDocumentOf(workspace, cell, resultOf);
  const key = keyOf(document.preimage);
  const record = workspace.objects.record(key);
  if (record === undefined) return { kind: "run", key, document };
  if (record === "damaged") {
    const damage = { text: "its record is damaged", objects: [] };
    return { kind: "run", key, document, damage };
  }
  const unlike = unlikeDeclared(cell, record);
  if (unlike !== undefined) {
    return { kind: "run", key, document, damage: { text: unlike, objects: [] } };
  }
  const outputs = Object.entries(record.outputs)
    .map(([name, { digest }]) => ({ name, objects: workspace.objects.damaged(digest) }))
    .filter(({ objects }) => objects.length > 0);
  if (outputs.length === 0) return { kind: "hit", key, record };
  const objects = [...new Set(outputs.flatMap(({ objects }) => objects))];
  const names = outputs.map(({ name }) => `\`${name}\``).join(", ");
  const text = `its output ${names} is missing from the store, or damaged: ${objects.join(", ")}`;
  return { kind: "run", key, document, damage: { text, objects } };
}

/** What of a record is not as its stage declares: no run of this cell can have written it. */
function unlikeDeclared({ stage }: Cell, { outputs }: ResultRecord): string | undefined {
  const extra = Object.keys(outputs).find((name) => !stage.outputs.has(name));
  if (extra !== undefined) return `its record has an output \`${extra}\` that it does not declare`;
  for (const { name, kind } of stage.outputs.values()) {
    if (!Object.hasOwn(outputs, name)) return `its record lacks the output \`${name}\``;
    const isFolder = outputs[name]!.digest.startsWith("tree:");
    if (isFolder === (kind === "folder")) continue;
    return `its record has a ${isFolder ? "folder" : "file"} as output \`${name}\`, ` +
      `which is a ${kind}`;
  }
}

/** What the key of a cell is made of, once all that it reads from has results. */
export function keyDocumentOf(
  { modules, runtime, engines }: Workspace,
  cell: Cell,
  resultOf: (cell: Cell) => ResultRecord | undefined,
): KeyDocument {
  const module = modules.get(cell.stage.module)!;
  const contentOf = (upstream: Cell, output: string) => {
    const { outputs, status } = resultOf(upstream)!;
    return { digest: outputs[output]!.digest, status };
  };
  const inputs = cell.inputs.map(({ name, collected, output, cells }) =>
    [
      name,
      collected
        ? cells.map((upstream) => ({ cell: upstream.labels, ...contentOf(upstream, output) }))
        : contentOf(cells[0]!, output),
    ] as const
  );
  const outputs = [...cell.stage.outputs.values()].map(({ name, path, kind }) =>
    [name, kind === "folder" ? `${path}/` : path] as const
  );
  const engine = engines.get(cell.stage.name);
  const { env } = cell.stage.access;
  const preimage: Preimage = {
    schema: 1,
    code: module.code,
    params: keyedParameters(cell, module),
    inputs: Object.fromEntries(inputs),
    outputs: Object.fromEntries(outputs),
    runtime,
    ...(engine && { engine }),
    ...(env.length > 0 && { env: declaredEnvironment(Deno.env.get, env) }),
  };
  return { preimage, modules: module.modules, packages: module.packages };
}

/** Why a cell has to run, in lines that a person can read. */
export function reasonsToRun(
  workspace: Workspace,
  cell: Cell,
  { key, document, damage }: Extract<Inspection, { kind: "run" }>,
): string[] {
  if (damage !== undefined) return [damage.text];
  const { layout, study } = workspace;
  // Shown once, and now gone: moved aside by `verify`, say.
  const isLost = viewedKey(viewFolder(viewRoot(layout, study.profile), cell)) === key;
  if (isLost) return ["its result is missing from the store"];
  const last = lastResult(workspace, cell);
  if (!last) return ["new"];
  const before = readKeyDocument(workspace.layout, last.attempt);
  return before ? explain(before, document) : ["new"];
}

/** Files that were edited without effect on a cell that has its result. */
export function editsWithoutEffect(
  workspace: Workspace,
  cell: Cell,
  record: ResultRecord,
): string[] {
  const before = readKeyDocument(workspace.layout, record.attempt);
  const module = workspace.modules.get(cell.stage.module)!;
  return before ? ineffectiveEdits(before, { ...before, modules: module.modules }) : [];
}

/** The latest result of a cell under whatever key, as its folder in the view shows it. */
export function lastResult(
  { layout, study }: Pick<Workspace, "layout" | "study">,
  cell: Cell,
): ResultRecord | undefined {
  const key = viewedKey(viewFolder(viewRoot(layout, study.profile), cell));
  const record = key === undefined ? undefined : readRecord(layout, key);
  return record === "damaged" ? undefined : record;
}

/** What a worker needs to compute a cell. */
export function jobOf(
  { layout, modules, project }: Workspace,
  cell: Cell,
  { key, document }: { readonly key: string; readonly document: KeyDocument },
): Job {
  const { inputs } = document.preimage;
  const module = modules.get(cell.stage.module)!;
  return {
    artifacts: layout.root,
    cell: cell.id,
    labels: cell.labels,
    module: cell.stage.module,
    project,
    lazy: module.lazy,
    parameters: selectParameters(cell, module),
    key,
    document,
    inputs: cell.inputs.map(({ name, collected, cells }) => {
      const content = inputs[name]!;
      const contents = Array.isArray(content) ? content : [content];
      const artifacts = cells.map(({ labels }, i) => ({ ...contents[i]!, cell: labels }));
      return { name, collected, artifacts };
    }),
    outputs: [...cell.stage.outputs.values()],
    access: accessOf(cell, module),
  };
}

/** What the YAML allows the stage, and the places that its parameters name. */
function accessOf(cell: Cell, { locations }: StageModule): Access {
  const { access } = cell.stage;
  const places = locations.map((name) => cell.parameters.get(name)?.value)
    .filter((value) => typeof value === "string")
    .map((path) => resolve(path.replace(/^~(?=\/)/, homedir())));
  return { ...access, read: [...access.read, ...places] };
}
