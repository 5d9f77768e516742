/** Stage `tables`: the paper's tables with our numbers beside the paper's. */
import { z } from "zod";
import { defineStage } from "../lib/pipeline/stage.ts";
import { claims } from "../lib/report/claims.ts";
import { findings } from "../lib/report/findings.ts";
import { fold } from "../lib/report/fold.ts";
import { headline } from "../lib/report/headline.ts";
import { toMarkdown } from "../lib/report/report_table.ts";
import { terminalSummary } from "../lib/report/terminal_summary.ts";
import { studyTables } from "../lib/report/study_tables.ts";
import { readHistories, readStudy } from "../lib/study/records/study_records.ts";
import { readSideStudies } from "../lib/study/records/side_studies.ts";
import { writeTables } from "../lib/study/page/write_tables.ts";

export default defineStage({
  summary: "Tables 2 to 4, what else was measured of SB and LB, and tables of side studies",
  parameters: z.strictObject({}),
  async run(context) {
    const study = await readStudy(context);
    const histories = await readHistories(context, study.train);
    const tables = studyTables(study, histories, await readSideStudies(context));
    await writeTables(context.output("tables"), tables);
    const claimed = claims(study.train, study.sharpness);
    await Deno.writeTextFile(`${context.output("tables")}/findings.md`, findings(claimed));
    const words = headline(study.train, study.sharpness);
    const sentences = words.flatMap((finding) => [...fold(finding), ""]);
    const text = [...sentences, ...tables.filter(({ rows }) => rows.length > 0).map(toMarkdown)]
      .join("\n");
    await Deno.writeTextFile(context.output("full"), text);
    const short = terminalSummary(claimed, words.join(" "));
    await Deno.writeTextFile(context.output("terminal"), short);
  },
});
