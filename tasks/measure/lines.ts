/** The text of `basin measure`: what is measured, and a line for each measure. */
import { counted } from "../../lib/pipeline/display/format.ts";
import type { MeasurePoint } from "./point.ts";

/** What is measured: network, mapping of the tensors, data, and f there. */
export function headLines(
  { net, dataset, weights, options }: Omit<MeasurePoint, "engine" | "objective">,
  loss: number,
  accuracy: number,
): string[] {
  const notes = [...weights.notes];
  const statistics = Object.keys(weights.moments).length;
  if (statistics > 0 && options.batchNorm !== "running") {
    notes.push(
      `running statistics of ${counted(statistics, "layer")} left out: f uses ` +
        `${options.batchNorm} moments; --batch-norm running uses them`,
    );
  }
  const batchNorm = net.batchNorms.length > 0 ? `, batch norm ${options.batchNorm}` : "";
  return [
    `${net.name}, n = ${net.dimension}, weights in ${weights.layout}'s layout`,
    ...(weights.layout === "pytorch"
      ? weights.mapping.map(({ tensor, parameter }) => `  ${tensor} → ${parameter}`)
      : []),
    ...notes.map((note) => `note: ${note}`),
    `${dataset.name}, ${counted(dataset.count, "example")} in chunks of ` +
    `${Math.min(options.evaluationBatch, dataset.count)}${batchNorm}`,
    `f ${Number(loss.toPrecision(6))} nats, accuracy ${(100 * accuracy).toFixed(2)} %`,
  ];
}

/** A measure's line: columns of fixed width, since lines are written one by one. */
export function row(title: string, value: string, scale: string, how: string): string {
  return `${title.padEnd(40)}${value.padEnd(28)}${scale.padEnd(18)}${how}`;
}
