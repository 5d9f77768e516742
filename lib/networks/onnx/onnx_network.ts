import { placeholder, variable } from "../../graph/ops/leaf.ts";
import { transpose } from "../../graph/ops/transpose.ts";
import { type Shape, showShape, sizeOf } from "../../graph/shape.ts";
import { topologicalOrder, type Value } from "../../graph/value.ts";
import type { Ending, Loss, TargetFacts } from "../../losses/loss.ts";
import { recognisedLoss } from "../../losses/losses.ts";
import type { Network } from "../network.ts";
import type { Parameter } from "../parameter.ts";
import type { NetworkFilters } from "../filter_blocks.ts";
import { exampleType } from "./example_type.ts";
import { type FixedTensors, fixedTensors } from "./fixed_tensors.ts";
import { withFreeExamples } from "./fixed_examples.ts";
import { filtersOf } from "./filters.ts";
import { logarithm, withLogarithms } from "./logarithms.ts";
import { type Lookup, tablesByEntry } from "./lookups.ts";
import { makersOf } from "./makers.ts";
import { exampleShape, type OnnxModel, readModel } from "./model.ts";
import { isOpenEnded } from "./open_ended.ts";
import { plain } from "./operand.ts";
import { checkSoftmax, outputEndingOf, takenBy } from "./output.ts";
import { logitsOf } from "./probabilities.ts";
import { nodesOf } from "./recipe.ts";
import type { RuleContext } from "./rule.ts";
import type { ReadExternal } from "./tensor.ts";
import { traceModel } from "./trace.ts";
import { type Weight, weightsOf } from "./trainable.ts";

/** How a model is imported. */
export interface OnnxOptions {
  /** Shape of an example of the data, for extents that the file leaves open. */
  readonly dataShape: Shape;
  /** Weights that stay as they are, by their names in the file, with `*` for any text. */
  readonly freeze?: readonly string[];
  /** Batch norm with the moments in the file, the default, or with those of the examples at hand. */
  readonly batchNorm?: "running" | "batch";
  /** Reads from a file beside the model; without it such a model is refused. */
  readonly readExternal?: ReadExternal;
  /** The value that counts as the output; by default the file's first. */
  readonly output?: string;
  /** Whether the output are probabilities though no op says so: logits are had from their logarithms. */
  readonly areProbabilities?: boolean;
  /** What it is trained to make small; by default what its output and the targets suggest. */
  readonly loss?: Loss;
  /** What the data hold as targets, where the loss is to be recognised. */
  readonly targets?: TargetFacts;
}

/** A model of a file, as a network, with its weights. */
export interface OnnxNetwork {
  /** Its graph, and its weights as parameters by their names in the file. */
  readonly network: Network;
  /** The same network again; each keeps the fixed tensors of its own graphs, so one a program. */
  fresh(): Network;
  /** The weights in the file, shape [n]. */
  readonly x: Float64Array;
  /** The filters of its weights, for directions that are filter-normalised. */
  readonly filters: readonly NetworkFilters[];
  /** What the output is, where an op says so that makes probabilities. */
  readonly ending: Ending | undefined;
  /** Whether it ends in a linear layer, so that its output may be any number. */
  readonly isOpenEnded: boolean;
  /** Whether the file wants whole numbers of the examples, whatever type they are fed as. */
  readonly readsWholeNumbers: boolean;
  /**
   * For each entry of an example, the numbers of rows of the tables that it looks up. Rows are counted
   * from 0; one that is not there has zeros.
   */
  readonly tables: readonly (readonly number[])[];
  /** Number of examples that the file has fixed, and Basin has freed; `undefined` where it is open. */
  readonly declaredBatch: number | undefined;
  /** What was understood, in a sentence each. */
  readonly understood: readonly string[];
}

/**
 * Imports an ONNX model: its graph becomes Basin's, node by node, and all weights that training would
 * change become x. Derivatives are Basin's own, so that f, ∇f and Hv are exact.
 *
 * @example A model that PyTorch wrote
 * ```ts
 * import { importOnnx } from "./onnx_network.ts";
 * import assert from "node:assert/strict";
 *
 * const file = new URL("../../../tests/golden/onnx/mlp.onnx", import.meta.url);
 * const { network, x } = importOnnx("mlp", await Deno.readFile(file), { dataShape: [5] });
 * assert.deepEqual(network.parameters.map(({ name, shape }) => `${name} [${shape}]`), [
 *   "0/weight [4,5]",
 *   "0/bias [4]",
 *   "2/weight [3,4]",
 *   "2/bias [3]",
 * ]);
 * assert.equal(x.length, network.dimension);
 * ```
 *
 * @param name For messages and tables.
 * @param bytes The file.
 * @throws {SyntaxError} If it is no ONNX model.
 * @throws {RangeError} If it has ops that Basin does not know, several inputs, a shape that does not
 *   fit, an output that the loss does not take, or weights that are not finite.
 */
export function importOnnx(
  name: string,
  bytes: Uint8Array,
  options: OnnxOptions,
): OnnxNetwork {
  const { dataShape, freeze = [], batchNorm = "running", readExternal = refuse, output } = options;
  const { areProbabilities = false } = options;
  const given = readModel(name, bytes, readExternal, output);
  const declaredBatch = given.input.batch;
  const read = withFreeExamples(given);
  const found = outputEndingOf(read);
  const isNumber = found?.isVague && !options.loss && options.targets?.areBinary === false;
  const outputEnding = isNumber ? undefined : found;
  // What ends in a softmax or sigmoid is measured before it, other probabilities by their logarithms.
  const recipe = areProbabilities
    ? logarithm(read.output, makersOf(read), { clips: true })
    : outputEnding?.logits;
  const seen = recipe === undefined ? undefined : nodesOf(recipe, read.output);
  const model = { ...read, nodes: [...withLogarithms(read), ...seen?.nodes ?? []] };
  const candidates = weightsOf(read, freeze);
  const inputShape = exampleShape(model, dataShape);
  const inputType = exampleType(model);
  let lookups: Lookup[] = [];
  const build = (
    fixed: FixedTensors,
    wanted: string,
    examples: Value,
    weights: readonly Weight[],
    values: readonly Value[],
    shapes?: Map<string, Shape>,
  ): Value => {
    lookups = [];
    const context: RuleContext = {
      opset: model.opset,
      declaredShapes,
      declaredBatch,
      innerAxes: new Set(),
      tensors: model.tensors,
      batchMoments: batchNorm === "batch",
      lookUp: (lookup) => void lookups.push(lookup),
      fixed: fixed.value,
    };
    const known = new Map(
      weights.flatMap(({ tensor, copies }, i): [string, Value][] => [
        [tensor, values[i]!],
        ...copies.map(({ tensor, isTransposed }): [string, Value] => [
          tensor,
          isTransposed ? transpose(values[i]!, [1, 0]) : values[i]!,
        ]),
      ]),
    );
    const result = traceModel(model, wanted, examples, known, context, shapes);
    if (result.host === undefined) return plain(result);
    throw new RangeError(
      `Cannot measure ${name}: its output does not depend on the examples; choose another by output`,
    );
  };
  const trialValues = candidates.map(({ name, host }) => variable(name, host.shape));
  const examplesOf = (count: number) => placeholder("examples", [count, ...inputShape], inputType);
  let declaredShapes: Map<string, Shape> | undefined;
  if (model.input.batch !== undefined) {
    const shapes = new Map<string, Shape>();
    build(
      fixedTensors(),
      seen?.nodes.at(-1)?.outputs[0] ?? model.output,
      examplesOf(model.input.batch),
      candidates,
      trialValues,
      shapes,
    );
    declaredShapes = shapes;
  }
  // One more than in the file, so that no other axis can be taken for that of examples.
  const count = (declaredBatch ?? 1) + 1;
  const shapes = new Map<string, Shape>();
  const trialExamples = examplesOf(count);
  const trial = build(
    fixedTensors(),
    seen?.name ?? model.output,
    trialExamples,
    candidates,
    trialValues,
    shapes,
  );
  const tables = tablesByEntry(lookups, trialExamples);
  // What is read for its shape alone is no weight.
  const reached = new Set(topologicalOrder([trial]));
  const weights = candidates.filter((_, i) => reached.has(trialValues[i]!));
  const parameters: Parameter[] = [];
  for (const { name, host } of weights) {
    const last = parameters.at(-1);
    const offset = last ? last.offset + sizeOf(last.shape) : 0;
    parameters.push({ name, shape: host.shape, offset, initialiser: "zeros" });
  }
  const dimension = weights.reduce((sum, { host }) => sum + host.data.length, 0);
  const variables = () => parameters.map(({ name, shape }) => variable(name, shape));
  if (trial.shape[0] !== count) {
    throw new RangeError(
      `Cannot measure ${name}: of ${count} examples its output has the shape [${trial.shape}]; ` +
        (trial.shape.length === 0
          ? "name the output before their mean with --output"
          : "export it with an open axis of examples (dynamic_axes, dynamic_shapes)"),
    );
  }
  const outputShape = trial.shape.slice(1);
  const ending = outputEnding?.ending;
  const { loss = recognisedLoss({ shape: outputShape, ending }, options.targets) } = options;
  const taken = takenBy(name, loss, outputEnding);
  const areLogarithms = areProbabilities && !loss.endings.includes("sigmoid");
  const isSeen = seen !== undefined && (taken.areLogits || areLogarithms);
  const wanted = isSeen ? seen.name : model.output;
  const rows = loss.rows(outputShape);
  if (!rows) {
    throw new RangeError(
      `Cannot measure ${name} by ${loss.title}: of ${count} examples its output has the shape ` +
        `${showShape(trial.shape)}; want ${loss.wants}`,
    );
  }
  checkSoftmax(model, loss, outputEnding, shapes, trial.shape);
  const fresh = (): Network => {
    const fixed = fixedTensors();
    return {
      name,
      inputShape,
      inputType,
      classes: rows.width,
      labelsPerExample: rows.perExample,
      loss,
      outputShape,
      parameters,
      layers: [...new Set(parameters.map(({ name }) => name.split("/")[0]!))]
        .map((name) => ({ name, kind: "onnx" })),
      dimension,
      batchNorms: [],
      fixed: fixed.list,
      logits(examples, values) {
        const output = build(fixed, wanted, examples, weights, values);
        const logits = areProbabilities && !isSeen ? logitsOf(output, loss) : output;
        const result = loss.cut(logits, rows);
        fixed.keep(result);
        return result;
      },
      variables,
    };
  };
  const x = new Float64Array(dimension);
  weights.forEach(({ host, tensor }, i) => {
    const bad = host.data.findIndex((entry) => !Number.isFinite(entry));
    if (bad >= 0) {
      throw new RangeError(
        `Cannot measure ${name}: entry ${bad} of ${tensor} is ${
          host.data[bad]
        }; give a model whose weights are finite`,
      );
    }
    x.set(host.data, parameters[i]!.offset);
  });
  return {
    network: fresh(),
    fresh,
    x,
    filters: filtersOf(read, weights),
    ending,
    isOpenEnded: isOpenEnded(read),
    readsWholeNumbers: !read.input.isFloat,
    tables,
    declaredBatch,
    understood: [
      `written by ${model.producer}, opset ${read.opset}, ${given.nodes.length} nodes`,
      `${weights.length === 1 ? "1 tensor is" : `${weights.length} tensors are`} x, ` +
      `n = ${dimension}: ` +
      listed(parameters.map(({ name }) => name)),
      ...(freeze.length > 0 ? [`frozen: ${freeze.join(", ")}`] : []),
      ...copyNotes(weights),
      ...constantNotes(read, weights),
      ...(model.outputs.length > 1
        ? [`output ${model.output} of ${listed(model.outputs)} is measured; --output takes another`]
        : []),
      ...(model.unused.length > 0 ? [`no node reads ${listed(model.unused)}`] : []),
      `${
        areProbabilities ? "its output are probabilities" : taken.understood
      }; f is the ${loss.title} of ${rows.understood}, ` +
      (options.loss ? "as was asked for" : "as output and targets suggest"),
    ],
  };
}

/** Which tensors of the file count as one. */
function copyNotes(weights: readonly Weight[]): string[] {
  return weights.flatMap(({ tensor, copies }) =>
    copies.map((copy) =>
      `${copy.tensor} has the entries of ${tensor}${copy.isTransposed ? ", transposed" : ""}: ` +
      "they count as one tensor"
    )
  );
}

/** What stays fixed since it stands in nodes. */
function constantNotes({ constants }: OnnxModel, weights: readonly Weight[]): string[] {
  const inX = new Set(
    weights.flatMap(({ tensor, copies }) => [tensor, ...copies.map((copy) => copy.tensor)]),
  );
  const fixed = [...constants].filter((name) => !inX.has(name));
  return fixed.length === 0 ? [] : [`fixed, as nodes hold them: ${listed(fixed)}`];
}

function listed(names: readonly string[]): string {
  return names.length <= 6
    ? names.join(", ")
    : `${names.slice(0, 5).join(", ")}, … ${names.at(-1)}`;
}

function refuse(location: string): never {
  throw new RangeError(
    `Cannot read ${location}: the model's tensors lie in another file; give readExternal, or a model in one file`,
  );
}
