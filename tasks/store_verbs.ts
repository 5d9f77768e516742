/** The verbs of the command line that look after the store. */
import { type Command, InvalidArgumentError } from "commander";
import { studyJsonSchema } from "../lib/pipeline/config/schema.ts";
import { diffVerb } from "../lib/pipeline/verbs/diff.ts";
import { lockVerb } from "../lib/pipeline/verbs/lock.ts";
import { type GcOptions, gcVerb } from "../lib/pipeline/verbs/gc.ts";
import { exportVerb, importVerb } from "../lib/pipeline/verbs/transfer.ts";
import type { VerbContext } from "../lib/pipeline/verbs/verb.ts";
import { verifyVerb } from "../lib/pipeline/verbs/verify.ts";

/** What a verb is added with. */
export interface VerbSetup {
  /** A command with help and an example. */
  verb(name: string, description: string, example: string): Command;
  context(): VerbContext;
  /** Sets the exit status. */
  end(exit: number): void;
}

/** Adds the verbs. */
export function addStoreVerbs({ verb, context, end }: VerbSetup): void {
  verb("verify", "Check published results; what is damaged is moved aside", "verify --full")
    .option("--full", "read every byte, also of what no result names", false)
    .action(async (options: { full: boolean }) => end(await verifyVerb(options, context())));
  verb("schema", "Print the JSON Schema of pipeline.yaml, for editors", "schema")
    .action(() => context().terminal.write(studyJsonSchema()));
  verb("lock", "Accept the results that there are, in pipeline.lock.json", "lock")
    .action(async () => end(await lockVerb(context())));
  verb("gc", "Show what neither the study nor the view needs; --yes removes it", "gc --yes")
    .option("--yes", "remove it", false)
    .option("--keep <hours>", "leave alone what is younger", readHours, 24)
    .action(async (options: GcOptions) => end(await gcVerb(options, context())));
  verb("export", "Write results and all they rest on to one file", "export 'train[trial=0]' b.tar")
    .argument("<cells-and-file...>", "cells, or none for the whole study; last the file to write")
    .action(async (given: string[]) =>
      end(await exportVerb(given.slice(0, -1), given.at(-1)!, context()))
    );
  verb("import", "Take results from such a file; all of it is checked first", "import b.tar")
    .argument("<file>", "written by `export`")
    .option(
      "--expect <digest|lock>",
      "refuse any other: sha256:… as export printed, or a lock file",
    )
    .action(async (file: string, { expect }: { expect?: string }) =>
      end(await importVerb(file, context(), expect))
    );
  verb("diff", "Say in what two cells differ", "diff 'train[regime=SB,trial=0]' 'train[…]'")
    .argument("<a>", "a cell, as `stage[axis=label,…]`")
    .argument("<b>", "another one")
    .action(async (a: string, b: string) => end(await diffVerb(a, b, context())));
}

function readHours(text: string): number {
  const hours = Number(text);
  if (Number.isFinite(hours) && hours >= 0) return hours;
  throw new InvalidArgumentError("Wanted a number of hours, 0 or more.");
}
