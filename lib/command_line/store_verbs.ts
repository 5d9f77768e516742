/** The verbs of the command line that look after the store. */
import type { GcOptions } from "../pipeline/verbs/gc.ts";
import { UsageError } from "../pipeline/verbs/verb.ts";
import { load } from "./load.ts";
import { readCount, readHours, readName } from "./values.ts";
import type { VerbSetup } from "./verb_setup.ts";

/** Options of `verify`. */
interface VerifyFlags {
  readonly full: boolean;
  readonly recompute?: number;
  readonly seed?: number;
}

/** Adds the verbs. */
export function addStoreVerbs({ verb, context, study, profiles, end }: VerbSetup): void {
  verb("verify", "Check published results; what is damaged is moved aside", "verify --full")
    .option("--full", "read every byte, also of what no result names", false)
    .option(
      "--recompute <count>",
      "compute so many results again, imported ones first",
      readCount(1),
    )
    .option(
      "--seed <number>",
      "of the sample to recompute (default: another each time)",
      readCount(0),
    )
    .action(async ({ recompute, seed, ...options }: VerifyFlags) => {
      if (seed !== undefined && recompute === undefined) {
        throw new UsageError("Cannot use --seed without --recompute: nothing is drawn; give both");
      }
      if (options.full && recompute !== undefined) {
        throw new UsageError(
          "Cannot use --full with --recompute: one reads all results, the other computes some " +
            "again; give one after the other",
        );
      }
      if (recompute !== undefined) {
        const { recomputeVerb } = await load<typeof import("../pipeline/verbs/recompute.ts")>(
          "../pipeline/verbs/recompute.ts",
        );
        const drawn = seed ?? crypto.getRandomValues(new Uint16Array(1))[0]!;
        return end(await recomputeVerb({ count: recompute, seed: drawn }, await study()));
      }
      const { verifyVerb } = await load<typeof import("../pipeline/verbs/verify.ts")>(
        "../pipeline/verbs/verify.ts",
      );
      end(verifyVerb(options, await study()));
    });
  verb("schema", "Print the JSON Schema of pipeline.yaml, for editors", "schema")
    .action(async () => {
      const { studyJsonSchema } = await load<typeof import("../pipeline/config/schema.ts")>(
        "../pipeline/config/schema.ts",
      );
      (await context()).terminal.write(studyJsonSchema());
    });
  verb("lock", "Accept the results that there are, in pipeline.lock.json", "lock")
    .action(async () => {
      const { lockVerb } = await load<typeof import("../pipeline/verbs/lock.ts")>(
        "../pipeline/verbs/lock.ts",
      );
      end(lockVerb(await study()));
    });
  verb("gc", "Show what neither the study nor the view needs; --yes removes it", "gc --yes")
    .option("--yes", "remove it", false)
    .option("--keep <hours>", "leave alone what is younger", readHours, 24)
    .action(async (options: GcOptions) => {
      const { gcVerb } = await load<typeof import("../pipeline/verbs/gc.ts")>(
        "../pipeline/verbs/gc.ts",
      );
      end(gcVerb(options, await profiles()));
    });
  verb("export", "Write results and all they rest on to one file", "export 'train[trial=0]' b.tar")
    .argument("<cells-and-file...>", "cells, or none for the whole study; last the file to write")
    .action(async (given: string[]) => {
      const { exportVerb } = await load<typeof import("../pipeline/verbs/transfer.ts")>(
        "../pipeline/verbs/transfer.ts",
      );
      end(await exportVerb(given.slice(0, -1), given.at(-1)!, await study()));
    });
  verb("import", "Take results from such a file; all of it is checked first", "import b.tar")
    .argument("<file>", "written by `export`")
    .option(
      "--expect <digest|lock>",
      "refuse any other: sha256:… as export printed, or a lock file",
      readName,
    )
    .action(async (file: string, { expect }: { expect?: string }) => {
      const { importVerb } = await load<typeof import("../pipeline/verbs/transfer.ts")>(
        "../pipeline/verbs/transfer.ts",
      );
      end(await importVerb(file, await study(), expect));
    });
  verb("diff", "Say in what two cells differ", "diff 'train[regime=SB,trial=0]' 'train[…]'")
    .argument("<a>", "a cell, as `stage[axis=label,…]`")
    .argument("<b>", "another one")
    .action(async (a: string, b: string) => {
      const { diffVerb } = await load<typeof import("../pipeline/verbs/diff.ts")>(
        "../pipeline/verbs/diff.ts",
      );
      end(diffVerb(a, b, await study()));
    });
}
