import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { didYouMean } from "../config/suggest.ts";
import type { InputArtifact, Progress, StageContext } from "../stage.ts";
import type { Attempt } from "../store/attempt.ts";
import type { Layout } from "../store/layout.ts";
import { linkArtifact } from "../store/objects.ts";
import type { Job } from "./job.ts";

/** What a {@link createContext} passes on. */
export interface ContextPorts<Parameters> {
  readonly parameters: Parameters;
  progress(progress: Progress): void;
  diverged(reason: string): void;
}

/** Progress is passed on at most this often, so that a stage may call it in its innermost loop. */
const PROGRESS_MILLISECONDS = 100;

/** The context of a stage that runs for real; its inputs are checked already. */
export function createContext<Parameters>(
  job: Job,
  layout: Layout,
  attempt: Attempt,
  { parameters, progress, diverged }: ContextPorts<Parameters>,
): StageContext<Parameters> {
  const opened = new Map<string, readonly InputArtifact[]>();
  let reported = -Infinity;
  const open = (name: string): readonly InputArtifact[] => {
    const known = opened.get(name);
    if (known) return known;
    const { artifacts } = find(job.inputs, name, "input");
    const paths = artifacts.map(({ cell, status, digest }, i): InputArtifact => {
      const [kind, hex] = digest.split(":");
      if (kind === "blob") return { cell, status, path: layout.blob(hex!) };
      const path = join(attempt.inputs, name, String(i));
      mkdirSync(path, { recursive: true });
      linkArtifact(layout, digest, path);
      return { cell, status, path };
    });
    opened.set(name, paths);
    return paths;
  };
  return {
    parameters,
    cell: job.labels,
    input(name) {
      if (find(job.inputs, name, "input").collected) {
        throw new TypeError(
          `Cannot read the input \`${name}\` as one artifact: it is a collection; use inputs()`,
        );
      }
      return open(name)[0]!;
    },
    hasInput: (name) => job.inputs.some((input) => input.name === name),
    inputs: open,
    output: (name) => join(attempt.work, find(job.outputs, name, "output").path),
    progress(update) {
      const now = performance.now();
      if (now - reported < PROGRESS_MILLISECONDS && update.done < update.total) return;
      reported = now;
      progress(update);
    },
    log: (line) => void Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`)),
    diverged,
  };
}

function find<Declared extends { readonly name: string }>(
  declared: readonly Declared[],
  name: string,
  what: string,
): Declared {
  const found = declared.find((each) => each.name === name);
  if (found) return found;
  const hint = didYouMean(name, declared.map(({ name }) => name));
  throw new TypeError(`Cannot open the ${what} \`${name}\`: the YAML declares none${hint}`);
}
