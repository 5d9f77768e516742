/** The text of `basin measure`: what is measured, and a line for each measure. */
import { counted } from "../pipeline/display/format.ts";
import { type Agreement, FAITHFUL } from "./exporter_output.ts";
import { lossOf } from "../../lib/networks/network.ts";
import { type Place, placeText } from "./place.ts";
import type { MeasurePoint } from "./point.ts";

/** What is measured: network, mapping of the tensors, data, and f there. */
export function headLines(
  { net, dataset, weights, options, agreement }: Omit<MeasurePoint, "engine" | "objective">,
  place: Place,
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
    weights.layout === "onnx"
      ? `${net.name}, n = ${net.dimension} in ${counted(net.layers.length, "layer")}`
      : `${net.name}, n = ${net.dimension}, weights in ${weights.layout}'s layout`,
    ...(weights.layout === "pytorch"
      ? weights.mapping.map(({ tensor, parameter }) => `  ${tensor} → ${parameter}`)
      : []),
    ...notes.map((note) => weights.layout === "onnx" ? `  ${note}` : `note: ${note}`),
    `${dataset.name}, ${counted(dataset.count, "example")} in chunks of ` +
    `${Math.min(options.evaluationBatch, dataset.count)}${batchNorm}` +
    (dataset.weights ? `, weighted ${rangeText(dataset.weights)}` : ""),
    `f ${placeText(lossOf(net), place)}`,
    ...(agreement ? [agreementLine(agreement)] : []),
  ];
}

function rangeText(weights: Float64Array): string {
  const [least, most] = [Math.min, Math.max].map((pick) =>
    weights.reduce((found, weight) => pick(found, weight))
  );
  return `from ${Number(least!.toPrecision(4))} to ${Number(most!.toPrecision(4))}`;
}

function agreementLine({ array, kind, examples, difference }: Agreement): string {
  const own = `the ${kind} of ${counted(examples, "example")} and those in the file (${array})`;
  const share = `${Number(difference.toPrecision(2))} of the largest`;
  return difference <= FAITHFUL
    ? `${own} agree: at most ${share} apart`
    : `warning: ${own} differ by ${share}; is this the output of these weights on these examples?`;
}

/** Characters of how a measure was found: two lines of a wide terminal. */
const MOST_WORDS = 300;

/** A measure's line: columns of fixed width, since lines are written one by one. */
export function row(title: string, value: string, scale: string, how: string): string {
  const column = (text: string, width: number) => `${text.padEnd(width - 2)}  `;
  return column(title, 42) + column(value, 30) + column(scale, 18) + shortened(how);
}

/** The beginning of a long list: a network of many layers would fill the screen. */
function shortened(how: string): string {
  if (how.length <= MOST_WORDS) return how;
  const end = how.lastIndexOf(",", MOST_WORDS);
  return `${how.slice(0, end < 0 ? MOST_WORDS : end)}, … (the rest is in --out and --report)`;
}
