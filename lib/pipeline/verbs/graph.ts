/** `graph`: the study's stages as a Mermaid flow chart, or as a picture. */
import { collects } from "../config/reference.ts";
import { counted } from "../display/format.ts";
import type { CellGraph } from "../plan/expand.ts";
import type { Study } from "../config/study.ts";
import { graphSvg } from "./graph_svg.ts";
import { EXIT, type StudyContext } from "./verb.ts";

/** Prints the chart. @param svg As SVG instead of Mermaid. @returns The exit status. */
export function graphVerb({ svg }: { svg: boolean }, context: StudyContext): number {
  const { study, graph } = context.workspace;
  context.terminal.write(svg ? graphSvg(study, graph) : mermaid(study, graph));
  return EXIT.ok;
}

/** A flow chart of the stages: nodes with axes and numbers of cells, edges with outputs. */
export function mermaid({ stages }: Study, graph: CellGraph): string {
  const lines = ["flowchart LR"];
  for (const { name, matrix } of stages.values()) {
    const count = [...graph.values()].filter((cell) => cell.stage.name === name).length;
    const axes = matrix.length > 0 ? `<br/>${matrix.join(" × ")}` : "";
    lines.push(`  ${nodeOf(name)}["${name}${axes}<br/>${counted(count, "cell")}"]`);
  }
  for (const { name, inputs } of stages.values()) {
    for (const { reference } of inputs.values()) {
      const fixed = [...reference.selection].map(([axis, label]) => `${axis}=${label}`);
      const all = reference.collectsAll ? [...fixed, "*"] : fixed;
      const label = [reference.output, ...all].map(entities).join(" ");
      // A thick arrow gathers many cells into one.
      const arrow = collects(reference) ? "==>" : "-->";
      lines.push(`  ${nodeOf(reference.stage)} ${arrow}|"${label}"| ${nodeOf(name)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** Words of Mermaid's own, in any case, which end a chart or begin a part of one. */
const RESERVED =
  /^(end|graph|flowchart(-elk)?|subgraph|style|linkStyle|classDef|class|click|href|call|default|direction)$/i;

/** The id of a stage's node. */
function nodeOf(stage: string): string {
  return RESERVED.test(stage) ? `stage_${stage}` : stage;
}

/** Labels may have what Mermaid reads as its own: quotes, entities, tags. */
function entities(text: string): string {
  return text.replaceAll(/["#;<>&`|]/g, (letter) => `#${letter.charCodeAt(0)};`);
}
