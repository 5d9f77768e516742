/** Stage `report`: figures and tables of all results; `deno task basin report` makes the page. */
import { z } from "zod";
import { defineStage } from "../lib/pipeline/stage.ts";
import { reportModel } from "../lib/report/report_model.ts";
import { readCurves, readStudy } from "../lib/study/records/study_records.ts";
import { readSurfaces } from "../lib/study/records/surface_records.ts";
import { readSideStudies } from "../lib/study/records/side_studies.ts";
import { writeTables } from "../lib/study/page/write_tables.ts";

export default defineStage({
  summary: "Figures as SVG and Vega-Lite, tables, and what the report says about them",
  parameters: z.strictObject({}),
  async run(context) {
    const study = await readStudy(context);
    const surfaces = await readSurfaces(context);
    const curves = { ...await readCurves(context, study.train), surfaces };
    const model = await reportModel(study, curves, await readSideStudies(context));
    const folder = context.output("figures");
    await Deno.mkdir(folder, { recursive: true });
    for (const figure of model.figures) {
      if (!("svg" in figure)) continue;
      const { name, svg, vegaLite } = figure;
      await Deno.writeTextFile(`${folder}/${name}.svg`, `${svg}\n`);
      await Deno.writeTextFile(`${folder}/${name}.vl.json`, `${JSON.stringify(vegaLite)}\n`);
    }
    await writeTables(context.output("tables"), model.tables);
    await Deno.writeTextFile(context.output("report"), `${JSON.stringify(model)}\n`);
  },
});
