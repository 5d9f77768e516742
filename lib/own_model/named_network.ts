/** The network of `--network`: one of the paper's, or dense layers for the data at hand. */
import type { Dataset } from "../data/dataset.ts";
import { sizeOf } from "../graph/shape.ts";
import { CROSS_ENTROPY } from "../losses/cross_entropy.ts";
import { MEAN_SQUARED_ERROR } from "../losses/mean_squared_error.ts";
import { foreignModules, type ForeignTensor } from "../networks/foreign_modules.ts";
import { activation } from "../networks/layers/activation.ts";
import { dense } from "../networks/layers/dense.ts";
import { norm } from "../networks/layers/norm.ts";
import { type Network, stack } from "../networks/network.ts";
import { network, NETWORK_NAMES, type NetworkName } from "../networks/zoo.ts";
import { didYouMean } from "../pipeline/config/suggest.ts";
import type { MeasureOptions } from "./options.ts";

/** Dense layers before the last one, and whether batch norm follows each. */
interface Stack {
  readonly hidden: readonly number[];
  readonly isNormed: boolean;
}

/** What a name stands for. @throws {RangeError} If it is the name of no network. */
export function networkNamed(name: string): NetworkName | Stack {
  const known = NETWORK_NAMES.find((each) => each === name);
  if (known) return known;
  const [, normed, units] = /^mlp(-norm)?:((?:\d+(?:,\d+)*)?)$/.exec(name) ?? [];
  if (units === undefined) {
    throw new RangeError(
      `Cannot find a network named "${name}"${didYouMean(name, [...NETWORK_NAMES, "mlp:300,100"])}`,
    );
  }
  const hidden = units.split(",").filter((text) => text !== "").map(Number);
  return { hidden, isNormed: normed !== undefined };
}

/** Modules of the file and the layers that they are, from texts such as `fc_in=dense1`. */
export function renamesOf(map: readonly string[]): Map<string, string> {
  return new Map(map.map((pair) => pair.split("=") as [string, string]));
}

/**
 * The network of a name. The last of its own layers has an output for each class: as many as the file
 * has, since a part of the data may lack some, or for each target.
 *
 * @param tensors What the weights' file holds.
 * @throws {RangeError} If there is none, or a label has no output.
 */
export function openNetwork(
  { network: name, normEpsilon, loss: asked, weights, map }: MeasureOptions,
  dataset: Dataset,
  tensors: Readonly<Record<string, ForeignTensor>>,
): Network {
  const { featureShape, labels, targets } = dataset;
  const loss = asked ?? (labels.length === 0 ? MEAN_SQUARED_ERROR : CROSS_ENTROPY);
  const trained = (net: Network): Network => loss === CROSS_ENTROPY ? net : { ...net, loss };
  const named = networkNamed(name!);
  if (typeof named === "string") return trained(network(named, { normEpsilon }));
  const hidden = named.hidden.flatMap((units) => [
    dense(units),
    ...(named.isNormed ? [norm("batch", normEpsilon)] : []),
    activation("relu"),
  ]);
  const isOfClasses = loss === CROSS_ENTROPY || !targets;
  const inFile = outputsOf(tensors, `dense${named.hidden.length + 1}`, renamesOf(map));
  if (isOfClasses) checkLabels(dataset, inFile ?? dataset.classes, weights!);
  const outputs = isOfClasses ? inFile ?? dataset.classes : sizeOf(targets.shape);
  return trained(stack(name!, featureShape, [...hidden, dense(outputs)]));
}

/** Outputs of the file's last dense layer, or of the module that is said to be it; if there is one. */
function outputsOf(
  tensors: Readonly<Record<string, ForeignTensor>>,
  layer: string,
  renames: ReadonlyMap<string, string>,
): number | undefined {
  const modules = foreignModules(tensors).modules.filter(({ kind }) => kind === "dense");
  const told = [...renames].find(([, to]) => to === layer)?.[0];
  const last = modules.find(({ name }) => name === told) ?? modules.at(-1);
  if (!last) return undefined;
  // Basin's kernels are [in, out], PyTorch's weights [out, in].
  return last.bias?.shape[0] ?? last.weight.shape[last.weight.name.endsWith("/kernel") ? 1 : 0];
}

function checkLabels({ name, labels, count }: Dataset, outputs: number, file: string): void {
  const bad = labels.findIndex((label) => label >= outputs);
  if (bad < 0) return;
  const example = Math.floor(bad / (labels.length / count));
  throw new RangeError(
    `Cannot use the labels of ${name} for ${file}: example ${example} has the label ` +
      `${labels[bad]}, the last layer of the file ${outputs} outputs; want labels from 0 to ` +
      `${outputs - 1}`,
  );
}
