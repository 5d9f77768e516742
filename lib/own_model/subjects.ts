/** What is to be measured is looked for before the data, which may take minutes to fetch. */
import { checkNamedFile } from "../pipeline/store/named_file.ts";
import { networkNamed } from "./named_network.ts";
import type { MeasureOptions } from "./options.ts";

/**
 * Refuses what is not there.
 *
 * @throws {RangeError} If a model, the weights or the network that were named are not there.
 */
export function checkSubjects({ models, weights, network }: MeasureOptions): void {
  for (const model of models) checkNamedFile(model, "the model ", "name an ONNX file");
  if (models.length > 0) return;
  networkNamed(network!);
  checkNamedFile(weights!, "the weights ", "name a safetensors file with --weights");
}
