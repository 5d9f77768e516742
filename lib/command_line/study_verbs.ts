/** The verbs of the command line that run a study and show what came out. */
import type { Command } from "commander";
import { UsageError } from "../pipeline/verbs/verb.ts";
import { ensureData } from "./ensure_data.ts";
import { load } from "./load.ts";
import { runStage } from "./stage_command.ts";
import { readName, readShare } from "./values.ts";
import type { VerbSetup } from "./verb_setup.ts";

/** Options of `run`. */
interface RunFlags {
  readonly locked: boolean;
  readonly tolerance?: number;
  readonly failFast: boolean;
  readonly repair: boolean;
  readonly verbose: boolean;
}

/** Adds the verbs. */
export function addStudyVerbs({ verb, study, profiles, end }: VerbSetup): void {
  verb("run", "Run everything that is not up to date", "run --profile smoke")
    .option("--locked", "exit with 4 if results are not those of pipeline.lock.json", false)
    .option(
      "--tolerance <share>",
      "with --locked: accept other bytes where no number moved by more, as on another processor",
      readShare,
    )
    .option("--fail-fast", "start nothing more once a cell has failed", false)
    .option("--no-repair", "leave damaged results as they are, and exit with 3")
    .option("--verbose", "show all tables at the end, not the summary", false)
    .action(async ({ failFast, repair, ...shown }: RunFlags) => {
      // Together: the verb is read from disk while the study is checked.
      const [{ runVerb }, context] = await Promise.all([
        load<typeof import("../pipeline/verbs/run.ts")>("../pipeline/verbs/run.ts"),
        study(),
      ]);
      await ensureData(context);
      end(await runVerb(shown, { ...context, failFast, repair }));
    });
  verb("stage", "Run one stage and what it needs", "stage sharpness --eps 5e-4 --trial 0")
    .argument("[name]", "a stage of the study")
    .argument("[flags...]", "its axes and parameters; see `stage <name> --help`")
    .helpOption(false)
    .allowUnknownOption()
    .action(async (name: string | undefined, _flags: string[], _options, command: Command) => {
      if (name === undefined || name === "--help" || name === "-h") command.help();
      // Unknown to the program are exactly the flags of the stage.
      const rest = command.args.slice(command.args.indexOf(name!) + 1);
      const taken = command.parent!.options.flatMap(({ long }) => long ?? []);
      end(await runStage(name!, rest, taken, await study()));
    });
  verb("plan", "Show what `run` would do, and why; changes nothing", "plan")
    .action(async () => {
      const { planVerb } = await load<typeof import("../pipeline/verbs/plan.ts")>(
        "../pipeline/verbs/plan.ts",
      );
      end(await planVerb(await study({ foreseen: true })));
    });
  verb("why", "Say why cells would run, or on what their results rest", "why 'train[regime=LB]'")
    .argument("<cell...>", "`stage`, `stage[axis=label,…]` or `stage axis=label …`")
    .action(async (cell: string[]) => {
      const { whyVerb } = await load<typeof import("../pipeline/verbs/why.ts")>(
        "../pipeline/verbs/why.ts",
      );
      end(whyVerb(cell, await study()));
    });
  verb("status", "Show how far the study is, what runs, and what failed", "status")
    .action(async () => {
      const { statusVerb } = await load<typeof import("../pipeline/verbs/status.ts")>(
        "../pipeline/verbs/status.ts",
      );
      end(await statusVerb(await study()));
    });
  verb("show", "Show what cells were made of and what came out", "show ritz network=F1 trial=0")
    .argument("[cell...]", "one cell in full; several as a table")
    .option(
      "--tidy <file>",
      "write the cells, or all of them, as one table: .csv or .parquet",
      readName,
    )
    .action(async (cell: string[], { tidy }: { tidy?: string }) => {
      const { showVerb } = await load<typeof import("../pipeline/verbs/show.ts")>(
        "../pipeline/verbs/show.ts",
      );
      end(await showVerb(cell, await study(), tidy));
    });
  verb("logs", "Show what a cell printed", "logs -f train network=F1 regime=LB trial=0")
    .argument("<cell...>", "the cell")
    .option("-f, --follow", "go on until its attempt ends", false)
    .action(async (cell: string[], options: { follow: boolean }) => {
      const { logsVerb } = await load<typeof import("../pipeline/verbs/logs.ts")>(
        "../pipeline/verbs/logs.ts",
      );
      end(await logsVerb(cell, options, await study()));
    });
  verb("graph", "Print the stages as a Mermaid flow chart, or as SVG", "graph --svg > study.svg")
    .option("--svg", "a picture", false)
    .action(async (options: { svg: boolean }) => {
      const { graphVerb } = await load<typeof import("../pipeline/verbs/graph.ts")>(
        "../pipeline/verbs/graph.ts",
      );
      end(graphVerb(options, await study()));
    });
  verb("report", "Write the report of the results so far and say where it is", "report --open")
    .option("--open", "show it in the browser", false)
    .option("--all", "of every study that has results, and a page of them all", false)
    .action(async ({ open, all }: { open: boolean; all: boolean }) => {
      const { reportAllVerb, reportVerb } = await load<
        typeof import("../pipeline/verbs/report.ts")
      >("../pipeline/verbs/report.ts");
      const show = open ? openInBrowser : undefined;
      end(
        await (all ? reportAllVerb(await profiles(), show) : reportVerb(await study(), show)),
      );
    });
  verb("check", "Check the study under every profile; runs nothing", "check")
    .option("--twice <cell>", "compute this cell twice instead, and compare the bytes")
    .option("--interrupt <cell>", "as --twice, but kill the second computation again and again")
    .action(async ({ twice, interrupt }: { twice?: string; interrupt?: string }) => {
      if (interrupt !== undefined && twice !== undefined) {
        throw new UsageError("Cannot use --twice with --interrupt: give one of them");
      }
      const cell = interrupt ?? twice;
      const how = interrupt === undefined ? "twice" : "interrupt";
      const { checkVerb } = await load<typeof import("../pipeline/verbs/check.ts")>(
        "../pipeline/verbs/check.ts",
      );
      const { checkCellVerb } = await load<typeof import("../pipeline/verbs/check_cell.ts")>(
        "../pipeline/verbs/check_cell.ts",
      );
      end(
        await (cell === undefined
          ? checkVerb(await profiles())
          : checkCellVerb(cell, how, await study())),
      );
    });
}

/** Shows a file with what the system opens pages with. */
async function openInBrowser(path: string): Promise<void> {
  const opener = { darwin: "open", windows: "explorer" }[Deno.build.os as string] ?? "xdg-open";
  const command = new Deno.Command(opener, { args: [path], stdout: "null", stderr: "null" });
  try {
    await command.output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new RangeError(`Cannot open ${path}: there is no ${opener}; open it by hand`);
  }
}
