/** An ONNX file as Basin uses it: one input, the nodes that an output needs, the tensors it holds. */
import type { Shape } from "../../graph/shape.ts";
import { decodeModel, type ModelMessage, type ValueInfoMessage } from "./messages.ts";
import { aliasesOf, heldByNodes, holdsWeights, refuseOddConstants } from "./constants.ts";
import { withoutFunctions } from "./functions.ts";
import { neededNodes } from "./needed_nodes.ts";
import { nodeOf, type OnnxNode } from "./node.ts";
import { isKnown, refuseUnknown } from "./unknown_ops.ts";
import {
  type HostTensor,
  hostTensorOf,
  isFloatType,
  isNumeric,
  type ReadExternal,
} from "./tensor.ts";

/** A model that was read and found to be of ops that Basin knows. */
export interface OnnxModel {
  /** For messages. */
  readonly name: string;
  /** `pytorch 2.5.0` */
  readonly producer: string;
  readonly opset: number;
  readonly input: OnnxInput;
  /** Name of the value that counts as the output. */
  readonly output: string;
  /** The nodes that the output needs, every one after those that it reads. */
  readonly nodes: readonly OnnxNode[];
  /** The tensors that the file holds and these nodes read. */
  readonly tensors: ReadonlyMap<string, HostTensor>;
  /** Names of tensors that the exporter says are parameters, and of those that it says are none. */
  readonly parameters: ReadonlySet<string>;
  readonly buffers: ReadonlySet<string>;
  /** Names of tensors that stand in nodes of a file whose other tensors do not. */
  readonly constants: ReadonlySet<string>;
  /** Names of all outputs. */
  readonly outputs: readonly string[];
  /** Names of tensors that no node reads. */
  readonly unused: readonly string[];
}

/** The examples, as the file declares them. */
export interface OnnxInput {
  readonly name: string;
  /** Whether they are real numbers, and not whole ones such as tokens. */
  readonly isFloat: boolean;
  /** Number of examples; `undefined` where the file leaves it open. */
  readonly batch: number | undefined;
  /** Of one example; `undefined` for extents that the file leaves open, or where it leaves all open. */
  readonly shape: readonly (number | undefined)[] | undefined;
}

/** Domains whose version is that of ONNX's own ops. */
const OWN_DOMAINS = new Set(["", "ai.onnx"]);

/** ONNX's number of float32, what an output is that says nothing else. */
const FLOAT = 1;

/** Opsets whose ops mean what the rules say. */
const OPSETS = { least: 7, most: 25 } as const;

/**
 * Reads a model.
 *
 * @param output The value that counts as the output; by default the file's first.
 * @throws {SyntaxError} If it is no ONNX model.
 * @throws {RangeError} If it has ops that Basin does not know, or not one input of examples.
 */
export function readModel(
  name: string,
  bytes: Uint8Array,
  readExternal: ReadExternal,
  output?: string,
): OnnxModel {
  const message = withoutFunctions(name, decodeModel(name, bytes));
  const graph = message.graph!;
  const opset = message.opsetImport.find(({ domain }) => OWN_DOMAINS.has(domain))?.version ?? 0;
  if (opset < OPSETS.least || opset > OPSETS.most) {
    throw new RangeError(
      `Cannot import ${name}: it is of opset ${opset}; Basin knows ${OPSETS.least} to ` +
        `${OPSETS.most}, so export it with opset_version=17`,
    );
  }
  const outputs = graph.output.map((each) => each.name);
  const wanted = output ?? defaultOutput(name, message);
  const needed = wanted === undefined ? undefined : neededNodes(name, message, wanted);
  if (needed === undefined) {
    throw new RangeError(
      wanted === undefined
        ? `Cannot import ${name}: it has no outputs; export it with one`
        : `Cannot import ${name}: it has no output "${wanted}"; its outputs are ` +
          outputs.map((each) => `"${each}"`).join(", "),
    );
  }
  refuseUnknown(name, opset, needed);
  refuseOddConstants(name, needed);
  const aliases = aliasesOf(graph, needed);
  const all = needed.map((node) =>
    nodeOf({ ...node, input: node.input.map((each) => aliases.get(each) ?? each) }, readExternal)
  );
  const read = new Set([...all.flatMap(({ inputs }) => inputs), wanted]);
  const sparse = graph.sparseInitializer.find(({ values }) => read.has(values?.name ?? ""));
  if (sparse) {
    throw new RangeError(
      `Cannot import ${name}: its tensor ${sparse.values!.name} is sparse; export it in full`,
    );
  }
  const held = graph.initializer.filter((tensor) => read.has(tensor.name));
  const heldNames = new Set(graph.initializer.map((tensor) => tensor.name));
  const own = new Map(held.map((tensor) => [tensor.name, hostTensorOf(tensor, readExternal)]));
  const constants = heldByNodes(all);
  const tensors = new Map([...own, ...constants]);
  const isMixed = [...own.values()].some(holdsWeights);
  const nodes = all.filter(({ opType, outputs: [output] }) =>
    opType !== "Constant" || !tensors.has(output!)
  );
  const inputs = graph.input.filter((each) => !heldNames.has(each.name) && read.has(each.name));
  if (inputs.length !== 1) {
    throw new RangeError(
      `Cannot import ${name}: it has ${inputs.length} inputs (${
        inputs.map((each) => each.name).join(", ")
      }); Basin feeds one, the examples: make the others part of the model before the export`,
    );
  }
  return {
    name,
    producer: `${message.producerName} ${message.producerVersion}`.trim() || "an unnamed program",
    opset,
    input: inputOf(name, inputs[0]!),
    output: wanted!,
    outputs,
    nodes,
    tensors,
    parameters: namesOfKind(graph.valueInfo, "PARAMETER"),
    buffers: namesOfKind(graph.valueInfo, "BUFFER"),
    constants: new Set(isMixed ? constants.map(([name]) => name) : []),
    unused: [...heldNames].filter((each) => !read.has(each)),
  };
}

/** The first output of real numbers that known ops make, such as probabilities beside labels. */
function defaultOutput(model: string, message: ModelMessage): string | undefined {
  const { output } = message.graph!;
  const found = output.find(({ name, type }) =>
    isFloatType(type?.tensorType?.elemType ?? FLOAT) &&
    neededNodes(model, message, name)?.every(isKnown)
  );
  return (found ?? output[0])?.name;
}

/** The tensors of which PyTorch says that they are of a kind. */
function namesOfKind(values: readonly ValueInfoMessage[], kind: string): Set<string> {
  const isOfKind = ({ metadata }: ValueInfoMessage) =>
    metadata.some(({ key, value }) => key.endsWith("InputSpec.kind") && value === kind);
  return new Set(values.filter(isOfKind).map(({ name }) => name));
}

function inputOf(model: string, { name, type }: ValueInfoMessage): OnnxInput {
  const tensor = type?.tensorType;
  if (!tensor || !isNumeric(tensor.elemType)) {
    throw new RangeError(
      `Cannot import ${model}: its input ${name} is no tensor of numbers; export it with one`,
    );
  }
  const isFloat = isFloatType(tensor.elemType);
  const dims = tensor.shape?.dim;
  if (dims === undefined) return { name, isFloat, batch: undefined, shape: undefined };
  if (dims.length === 0) {
    throw new RangeError(
      `Cannot import ${model}: its input ${name} has no axis of examples; export it with one`,
    );
  }
  const [batch, ...shape] = dims.map(({ dimValue }) => dimValue > 0 ? dimValue : undefined);
  return { name, isFloat, batch, shape };
}

/** The shape of an example, its open extents taken from the data. @throws {RangeError} If it cannot. */
export function exampleShape({ name, input }: OnnxModel, data: Shape): Shape {
  if (!input.shape) return data;
  if (input.shape.every((extent) => extent !== undefined)) return input.shape as Shape;
  if (data.length === input.shape.length) return input.shape.map((extent, i) => extent ?? data[i]!);
  throw new RangeError(
    `Cannot feed ${name}: its examples have ${input.shape.length} axes ` +
      `([${input.shape.map((extent) => extent ?? "?").join(", ")}]), the data's ${data.length} ` +
      `([${data.join(", ")}]); give data of the model's shape`,
  );
}
