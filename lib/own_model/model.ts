/** The ONNX model that `basin measure` was given, on the data at hand. */
import { basename, dirname, isAbsolute, relative, resolve } from "node:path";
import type { Dataset } from "../data/dataset.ts";
import type { NetworkFilters } from "../networks/filter_blocks.ts";
import { lossOf, type Network } from "../networks/network.ts";
import { importOnnx } from "../networks/onnx/onnx_network.ts";
import { readNamedFile } from "../pipeline/store/named_file.ts";
import type { MeasureOptions } from "./options.ts";
import { targetFactsOf, targetsOf } from "../../lib/objective/targets.ts";
import type { OpenedData } from "./data.ts";
import { arrangedFor } from "./example_layout.ts";
import { tokensFor } from "./tokens.ts";

/** A network, its weights, and the data as it reads them. */
export interface OpenedModel {
  readonly net: Network;
  /** The network for another program. */
  fresh(): Network;
  readonly x: Float64Array;
  readonly filters: readonly NetworkFilters[];
  readonly dataset: Dataset;
  /** What was understood, in a sentence each. */
  readonly understood: readonly string[];
  readonly bytes: Uint8Array;
  /** Number of examples that the file has fixed, if it has. */
  readonly declaredBatch: number | undefined;
  /** Whether an op says that the output are probabilities, or logarithms of such. */
  readonly hasEnding: boolean;
  /** Whether it ends in a linear layer, so that its output may be any number. */
  readonly isOpenEnded: boolean;
}

/**
 * Reads a model, and arranges the examples as it reads them.
 *
 * @param areProbabilities Whether the output are probabilities though no op says so.
 * @throws {SyntaxError} If the file is no ONNX model.
 * @throws {TypeError | RangeError} If Basin cannot import it, or the data do not fit it.
 */
export function openModel(
  file: string,
  { dataset: data, areBytes }: OpenedData,
  { freeze, batchNorm, output, loss, models }: MeasureOptions,
  areProbabilities = false,
): OpenedModel {
  if (batchNorm === "recomputed") {
    throw new RangeError(
      `Cannot measure ${file} by recomputed moments; --batch-norm of a model is running or batch`,
    );
  }
  const bytes = readNamedFile(file, "the model ", "name an ONNX file");
  if (bytes.length === 0) {
    throw new SyntaxError(`Cannot read ${file}: it is empty; export the model again`);
  }
  const imported = importOnnx(file, bytes, {
    dataShape: data.featureShape,
    freeze,
    batchNorm,
    areProbabilities,
    readExternal: (location, offset, length) => readBeside(file, location, offset, length),
    ...(output !== undefined && { output }),
    targets: targetFactsOf(data),
    ...(loss && { loss }),
  });
  const { fresh, x, filters, declaredBatch, understood, ending, isOpenEnded } = imported;
  const named = () => ({ ...fresh(), name: shortName(file, models) });
  const net = named();
  // Tokens and pixels of a model that reads whole numbers: no 255th of a byte is one.
  const isWhole = imported.readsWholeNumbers && areBytes;
  const features = isWhole ? data.features.map((x) => Math.round(255 * x)) : data.features;
  const { dataset: arranged, understood: arrangement } = arrangedFor(net, { ...data, features });
  const dataset = tokensFor({ ...imported, name: net.name }, arranged, imported.tables);
  checkLabels(net, dataset);
  const { understood: asTargets } = targetsOf(net, dataset);
  const notes = [
    ...understood,
    ...(asTargets ? [asTargets] : []),
    ...(isWhole ? ["it reads whole numbers: the bytes are taken as they are, not divided"] : []),
    ...arrangement,
  ];
  const hasEnding = ending !== undefined;
  return {
    net,
    fresh: named,
    x,
    filters,
    dataset,
    understood: notes,
    bytes,
    declaredBatch,
    hasEnding,
    isOpenEnded,
  };
}

/** @throws {RangeError} If a label is a whole number beyond those that a label may be. */
function checkLabels(net: Network, { name, labels, targets }: Dataset): void {
  if (labels.length > 0 || lossOf(net).targets !== "labels") return;
  const most = 2 ** 31;
  const bad = targets?.values.findIndex((value) => Number.isInteger(value) && value >= most) ?? -1;
  if (bad < 0) return;
  throw new RangeError(
    `Cannot use the labels of ${name} for ${net.name}: entry ${bad} is ${targets!.values[bad]}; ` +
      `want whole numbers from 0 to ${net.classes - 1}`,
  );
}

/** The file's name without its folder, which tells models apart unless two are called the same. */
function shortName(file: string, models: readonly string[]): string {
  const own = basename(file);
  return models.filter((other) => basename(other) === own).length > 1 ? file : own;
}

/** Reads a part of a file of the model's folder, where exporters put tensors of large models. */
function readBeside(model: string, location: string, offset: number, length?: number): Uint8Array {
  const folder = resolve(dirname(model));
  const path = resolve(folder, location);
  const inside = relative(folder, path);
  // A model from anywhere must not make Basin read what lies elsewhere.
  if (inside === "" || inside.startsWith("..") || isAbsolute(inside)) {
    throw new RangeError(
      `Cannot read ${location}, where ${model} has tensors: it is not in the model's folder; put it there`,
    );
  }
  let file: Deno.FsFile;
  try {
    const real = Deno.realPathSync(path);
    if (relative(Deno.realPathSync(folder), real).startsWith("..")) {
      throw new RangeError(
        `Cannot read ${location}, where ${model} has tensors: it links out of the model's folder; put the file itself there`,
      );
    }
    file = Deno.openSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new RangeError(
      `Cannot read ${location}, where ${model} has tensors: there is no such file; copy it along`,
    );
  }
  using open = file;
  const rest = open.statSync().size - offset;
  const bytes = new Uint8Array(Math.max(0, length ?? rest));
  if (offset < 0 || bytes.length > rest) {
    throw new RangeError(
      `Cannot read ${bytes.length} bytes from byte ${offset} of ${location}, where ${model} has ` +
        `tensors: it has ${rest + offset}; is it cut short?`,
    );
  }
  open.seekSync(offset, Deno.SeekMode.Start);
  for (let done = 0; done < bytes.length;) {
    const count = open.readSync(bytes.subarray(done));
    if (count === null) break;
    done += count;
  }
  return bytes;
}
