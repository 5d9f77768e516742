/** A store of its own for one computation, with nothing in it but what that computation reads. */
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Layout, layoutOf, prepareLayout } from "../store/layout.ts";
import { doubleFile } from "../store/lesser_disk.ts";
import { objectPath, objectsOf } from "../store/objects.ts";
import type { Job } from "../worker/job.ts";

/** A scratch store; disposing of it removes it. */
export interface ScratchStore extends Disposable {
  readonly layout: Layout;
  /** The job, to be computed there. */
  readonly job: Job;
}

/**
 * Makes a scratch store below `tmp/`, so that a cell can be computed as if it had no result.
 *
 * Inputs are hard links where the disk has links, and workers check them as ever.
 */
export function scratchStore(layout: Layout, job: Job): ScratchStore {
  const scratch = layoutOf(join(layout.tmp, `scratch-${crypto.randomUUID()}`));
  prepareLayout(scratch);
  const digests = job.inputs.flatMap(({ artifacts }) => artifacts.map(({ digest }) => digest));
  for (const object of new Set(digests.flatMap((digest) => objectsOf(layout, digest)))) {
    const path = objectPath(scratch, object);
    mkdirSync(dirname(path), { recursive: true });
    doubleFile(layout.disk, objectPath(layout, object), path);
  }
  return {
    layout: scratch,
    job: { ...job, artifacts: scratch.root },
    [Symbol.dispose]: () => rmSync(scratch.root, { recursive: true, force: true }),
  };
}
