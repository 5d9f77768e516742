/** A scratch folder with toy stages, and the real command line run in it. */
import { join, relative } from "node:path";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { attemptAt, type Manifest, readManifest } from "../../lib/pipeline/store/attempt.ts";
import { layoutOf } from "../../lib/pipeline/store/layout.ts";

/** The command line. */
export const BASIN = fileURLToPath(new URL("../../tasks/basin.ts", import.meta.url));
const ZOD = "zod"; // found through the import map of the process that loads the stage

/**
 * The toy stage: notes that it started, waits for its gate, and writes what it read.
 *
 * `gate`, `fail` and `diverge` are file names: it waits until the file `gate` exists, fails as long
 * as `fail` exists, and says it diverged if `diverge` exists. So tests steer it without sleeping.
 */
const TOY_STAGE = `
import { z } from "${ZOD}";
import { half } from "./half.ts";

const here = new URL(".", import.meta.url).pathname;
const exists = (name: string) => {
  try { Deno.statSync(here + name); return true; } catch { return false; }
};

export default {
  summary: "A toy",
  parameters: z.strictObject({
    value: z.number().min(0).optional(),
    text: z.string().optional(),
    flag: z.boolean().optional(),
    seed: z.int().optional(),
    trial: z.int().optional(),
    gate: z.string().optional(),
    fail: z.string().optional(),
    diverge: z.string().optional(),
    extra: z.string().optional(),
    place: z.string().optional(),
  }),
  locations: ["place"],
  // deno-lint-ignore no-explicit-any
  async run(context: any) {
    const { gate, fail, diverge, extra, place, ...rest } = context.parameters;
    const id = Object.entries(context.cell).map(([a, l]) => a + "=" + l).join(",");
    Deno.writeTextFileSync(here + "starts.log", Deno.pid + " NAME " + id + "\\n", { append: true });
    if (place === "nowhere") throw new Error("nothing is found nowhere");
    context.log("hello from NAME " + id);
    context.progress({ done: 1, total: 2, note: "half way" });
    if (gate) {
      const watcher = Deno.watchFs(here);
      if (!exists(gate)) for await (const _ of watcher) if (exists(gate)) break;
    }
    if (fail && exists(fail)) throw new Error("the toy was told to fail");
    if (diverge && exists(diverge)) context.diverged("the toy was told to diverge");
    let read = "";
    for (const name of INPUTS) {
      const artifacts = COLLECTED.includes(name) ? context.inputs(name) : [context.input(name)];
      for (const { path, status } of artifacts) {
        const isFolder = Deno.statSync(path).isDirectory;
        read += status + ":" + Deno.readTextFileSync(isFolder ? path + "/a/b.txt" : path);
      }
    }
    const result = { ...rest, half: half(rest.value ?? 0), read };
    for (const name of OUTPUTS) {
      const path = context.output(name);
      if (name === "folder") {
        Deno.mkdirSync(path + "/a", { recursive: true });
        Deno.writeTextFileSync(path + "/a/b.txt", JSON.stringify(result));
      } else Deno.writeTextFileSync(path, JSON.stringify(result));
    }
    if (extra) Deno.writeTextFileSync(context.output(OUTPUTS[0]) + extra, "");
  },
};
`;

/** Toys look at files beside the YAML and note their starts there. */
const TOYS_MAY = "allow: { read: [.], write: [starts.log] }\n";

/** What a command of the pipeline did. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a toy stage reads and writes; the YAML has to say the same. */
export interface ToyShape {
  readonly inputs?: readonly string[];
  readonly collected?: readonly string[];
  readonly outputs?: readonly string[];
}

/** A scratch folder; disposing of it removes it. */
export class ToyStudy implements AsyncDisposable {
  /** Further environment of the commands. */
  readonly env: Record<string, string> = {};

  constructor(readonly folder: string) {}

  /** Writes a file, relative to the folder. */
  async write(path: string, text: string): Promise<void> {
    await Deno.writeTextFile(join(this.folder, path), text);
  }

  /** Reads a file, relative to the folder. */
  async read(path: string): Promise<string> {
    return await Deno.readTextFile(join(this.folder, path));
  }

  async edit(path: string, from: string, to: string): Promise<void> {
    const text = await this.read(path);
    if (!text.includes(from)) throw new RangeError(`Cannot edit ${path}: no ${from} in it`);
    await this.write(path, text.replace(from, to));
  }

  /** Writes a toy stage's module. */
  async stage(name: string, { inputs = [], collected = [], outputs = ["out"] }: ToyShape = {}) {
    const text = TOY_STAGE.replaceAll("NAME", name)
      .replaceAll("INPUTS", JSON.stringify([...inputs, ...collected]))
      .replaceAll("COLLECTED", JSON.stringify(collected))
      .replaceAll("OUTPUTS", JSON.stringify(outputs));
    await this.write(`${name}.ts`, text);
  }

  /** Runs a command of the pipeline to its end. */
  async basin(...args: string[]): Promise<Ran> {
    const output = await this.command(args).output();
    const text = new TextDecoder();
    return {
      code: output.code,
      stdout: text.decode(output.stdout),
      stderr: text.decode(output.stderr),
    };
  }

  /** Starts a command of the pipeline. */
  spawn(...args: string[]): Deno.ChildProcess {
    return this.command(args).spawn();
  }

  private command(args: string[]): Deno.Command {
    return new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", BASIN, ...args],
      cwd: this.folder,
      // Toys are quick: whatever they can save they should.
      env: { NO_COLOR: "1", BASIN_CHECKPOINT_SECONDS: "0", ...this.env },
      stdout: "piped",
      stderr: "piped",
    });
  }

  /** The starts so far, as `stage` or `stage axis=label,…`, in order. */
  async starts(): Promise<string[]> {
    return (await this.startLines()).map((line) => line.replace(/^\d+ /, "").trim());
  }

  /** The process ids of the starts so far. */
  async pids(): Promise<number[]> {
    return (await this.startLines()).map((line) => Number(line.split(" ")[0]));
  }

  /** The starts that `body` causes, sorted. */
  async startsDuring(body: () => Promise<unknown>): Promise<string[]> {
    const before = (await this.starts()).length;
    await body();
    return (await this.starts()).slice(before).sort();
  }

  /** Resolves once so many starts have happened in all. */
  async untilStarts(count: number): Promise<void> {
    const watcher = Deno.watchFs(this.folder, { recursive: false });
    if ((await this.starts()).length >= count) return watcher.close();
    for await (const _ of watcher) if ((await this.starts()).length >= count) return;
  }

  /** The manifests of all attempts that ended, oldest first. */
  manifests(): Manifest[] {
    const layout = layoutOf(join(this.folder, "artifacts"));
    const root = join(layout.root, "attempts");
    if (!existsSync(root)) return [];
    return readdirSync(root)
      .flatMap((key) => readdirSync(join(root, key)).map((name) => `${key}/${name}`))
      .sort((a, b) => a.slice(13) < b.slice(13) ? -1 : 1)
      .map((id) => readManifest(attemptAt(layout, id)))
      .filter((manifest) => manifest !== undefined);
  }

  /** Every published file of the view by its path, so that two stores can be compared. */
  async view(): Promise<Record<string, string>> {
    const files: Record<string, string> = {};
    const visit = async (folder: string) => {
      for await (const entry of Deno.readDir(folder)) {
        const path = join(folder, entry.name);
        if (entry.isDirectory) await visit(path);
        else if (entry.name !== ".key.json") {
          files[relative(this.folder, path)] = await Deno.readTextFile(path);
        }
      }
    };
    await visit(join(this.folder, "artifacts/view"));
    return Object.fromEntries(Object.entries(files).sort());
  }

  private async startLines(): Promise<string[]> {
    try {
      return (await this.read("starts.log")).trimEnd().split("\n");
    } catch {
      return [];
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** A new scratch folder with the module that every toy stage imports. */
export async function toyStudy(yaml?: string): Promise<ToyStudy> {
  const study = new ToyStudy(await Deno.realPath(await Deno.makeTempDir({ prefix: "basin-toy-" })));
  await study.write("half.ts", "export function half(x: number): number {\n  return x / 2;\n}\n");
  await study.write("alone.ts", "export const alone = 1;\n");
  if (yaml !== undefined) await study.write("pipeline.yaml", yaml + TOYS_MAY);
  return study;
}

/**
 * A study of three stages and seven cells: `make`, `grow` (regime × trial) and `sum`, `report`.
 *
 * The commented example of the grammar is in `example_study.ts`.
 */
export async function smallStudy(): Promise<ToyStudy> {
  const study = await toyStudy(`version: 1
seed: 7
params:
  base: { text: base }
  small: { value: 4 }
  large: { value: 64 }
axes:
  regime: { SB: { use: small }, LB: { use: large } }
  trial: { range: [0, 2] }
stages:
  make: { run: make.ts, params: [base], outputs: { out: out.json } }
  grow:
    run: grow.ts
    matrix: [regime, trial]
    inputs: { made: make.out }
    outputs: { out: out.json, folder: folder/ }
  sum:
    run: sum.ts
    matrix: [trial]
    inputs: { grown: "grow[regime=*].folder", small: "grow[regime=SB].out" }
    outputs: { metrics: metrics.json }
  report:
    run: report.ts
    inputs: { sums: "sum[*].metrics" }
    outputs: { terminal: terminal.md }
profiles:
  smoke:
    params: { large: { value: 8 } }
    axes: { trial: [0] }
`);
  await study.stage("make");
  await study.stage("grow", { inputs: ["made"], outputs: ["out", "folder"] });
  await study.stage("sum", { inputs: ["small"], collected: ["grown"], outputs: ["metrics"] });
  await study.stage("report", { collected: ["sums"], outputs: ["terminal"] });
  return study;
}
