import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { InputArtifact } from "../stage.ts";
import type { Attempt } from "../store/attempt.ts";
import type { Layout } from "../store/layout.ts";
import { linkArtifact } from "../store/objects.ts";
import type { Job } from "./job.ts";
import type { OpenInput } from "./stage_task.ts";

/**
 * Puts what a stage reads in place: files as they lie in the store, folders as links to them.
 *
 * Done before the stage runs, for the stage itself may make no links.
 */
export function openInputs(job: Job, layout: Layout, attempt: Attempt): OpenInput[] {
  return job.inputs.map(({ name, collected, artifacts }) => ({
    name,
    collected,
    artifacts: artifacts.map(({ cell, status, digest }, i): InputArtifact => {
      const [kind, hex] = digest.split(":");
      if (kind === "blob") return { cell, status, path: layout.blob(hex!) };
      const path = join(attempt.inputs, name, String(i));
      mkdirSync(path, { recursive: true });
      linkArtifact(layout, digest, path);
      return { cell, status, path };
    }),
  }));
}
