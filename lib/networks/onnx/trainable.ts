/** Which tensors of a model are weights, and what they are called. */
import { copiesAmong, type Copy } from "./copies.ts";
import type { OnnxModel } from "./model.ts";
import type { HostTensor } from "./tensor.ts";

/** Inputs of ops that are weights whatever their size. */
const WEIGHTS: Readonly<Record<string, readonly number[]>> = {
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  Einsum: [0, 1, 2, 3],
  Gemm: [0, 1, 2],
  MatMul: [0, 1],
  BatchNormalization: [1, 2],
  LayerNormalization: [1, 2],
  RMSNormalization: [1],
  InstanceNormalization: [1, 2],
  GroupNormalization: [1, 2],
  PRelu: [1],
  Gather: [0],
};

/** Ops that weights of more than one entry go through: biases, positions, class tokens, gains. */
const CARRIERS = new Set([
  "Add",
  "Sub",
  "Mul",
  "Div",
  "Concat",
  "Expand",
  "Tile",
  "Transpose",
  "Reshape",
  "Flatten",
  "Squeeze",
  "Unsqueeze",
  "Identity",
  "Cast",
  "Slice",
  "Split",
]);

/** Ops after which an `Add` is that of a bias. */
const PRODUCTS = new Set(["MatMul", "Gemm", "Conv", "ConvTranspose", "Einsum"]);

/** What exporters call a tensor that has no name in the program. */
const NO_NAME = /^(onnx::|val_|_?\d+$)/;

/** Masks hold −∞, or a number that is as good whatever else they hold. */
const AS_INFINITE = -1e30;

/** The least that programs take in its place; −65504 is the least half. */
const LEAST_MASKING = -1e4;

/** Ops by which masks of ones and zeros choose entries. */
const CHOOSING = new Set(["Mul", "Sub"]);

/** A tensor that training would change. */
export interface Weight {
  /** In the file. */
  readonly tensor: string;
  /** As Basin names it: what is before the last dot names the layer. */
  readonly name: string;
  readonly host: HostTensor;
  /** Tensors of the file with the same entries, which are this one. */
  readonly copies: readonly Copy[];
}

/**
 * The tensors that training would change, in the order in which the nodes read them. They are all
 * real ones that ops take as weights, biases after products, and those of more than one entry that
 * go through arithmetic.
 * Moments of batch norm, masks, lone numbers, nameless tensors of ones or zeros, and what PyTorch
 * says is a buffer are fixed; so is what stands in a node and is no more than arithmetic, unless the
 * file has all of its weights in nodes.
 *
 * @param freeze Names in the file that stay fixed, with `*` for any text.
 * @throws {RangeError} If a pattern names no weight, or none is left.
 */
export function weightsOf(model: OnnxModel, freeze: readonly string[]): Weight[] {
  const found = new Map<string, string>();
  // What is added to a product is a bias, also that of a single unit.
  const products = new Set<string>();
  for (const { opType, inputs: [first], outputs } of model.nodes) {
    const isHandedOn = opType === "Cast" && products.has(first!);
    if (PRODUCTS.has(opType) || isHandedOn) outputs.forEach((each) => products.add(each));
  }
  for (const { opType, inputs, name } of model.nodes) {
    inputs.forEach((tensor, place) => {
      const host = model.tensors.get(tensor);
      if (!host?.isFloat || host.data.length === 0 || found.has(tensor)) return;
      if (model.buffers.has(tensor)) return;
      const isWeight = WEIGHTS[opType]?.includes(place) || model.parameters.has(tensor);
      const isBias = opType === "Add" && products.has(inputs[1 - place]!) && host.shape.length > 0;
      // Where the weights have places of their own, what stands in a node is a number of the program.
      const isNumbers = model.constants.has(tensor) && !(isBias && isVector(host));
      const isCarried = (CARRIERS.has(opType) && host.data.length > 1 || isBias) && !isNumbers;
      // An exporter's own ones and zeros, such as those by which it writes group norm.
      const isNameless = NO_NAME.test(tensor) || model.constants.has(tensor);
      const isOwn = isNameless &&
        [0, 1].some((number) => host.data.every((entry) => entry === number));
      if ((isWeight || isCarried && !isMask(host, opType)) && !isOwn) found.set(tensor, name);
    });
  }
  const patterns = freeze.map((text) => ({ text, pattern: globOf(text) }));
  const idle = patterns.find(({ pattern }) =>
    ![...found.keys()].some((name) => pattern.test(name))
  );
  if (idle) {
    throw new RangeError(
      `Cannot freeze ${idle.text}: no weight of ${model.name} is called so; its weights are ` +
        [...found.keys()].join(", "),
    );
  }
  const groups = copiesAmong([...found.keys()], model.tensors);
  const kept = [...groups].filter(([first, copies]) =>
    ![first, ...copies.map(({ tensor }) => tensor)].some((name) =>
      patterns.some(({ pattern }) => pattern.test(name))
    )
  );
  if (kept.length === 0 && groups.size > 0) {
    throw new RangeError(
      `Cannot measure ${model.name}: --freeze ${freeze.join(" ")} fixes all of its weights; ` +
        "leave some free",
    );
  }
  if (kept.length === 0) {
    throw new RangeError(
      `Cannot measure ${model.name}: it has no weights; export it with its parameters as initializers`,
    );
  }
  const names = new Set<string>();
  return kept.map(([tensor, copies]) => {
    const wanted = nameOf(tensor, found.get(tensor)!);
    let name = wanted;
    for (let copy = 2; names.has(name); copy++) name = `${wanted}_${copy}`;
    names.add(name);
    return { tensor, name, host: model.tensors.get(tensor)!, copies };
  });
}

/** Whether a tensor that goes through arithmetic says which entries count, and not how much. */
function isMask({ data }: HostTensor, opType: string): boolean {
  if (data.some((entry) => entry <= AS_INFINITE)) return true;
  const least = data.reduce((a, b) => Math.min(a, b));
  const [off, on] = least < 0 ? [least, 0] : [0, 1];
  if (least < 0 ? least > LEAST_MASKING : !CHOOSING.has(opType)) return false;
  // Weights are not all one of two such numbers; ones alone are gains that were not trained.
  return data.every((entry) => entry === off || entry === on) && data.includes(off) &&
    (least < 0 || data.includes(on));
}

function isVector({ shape }: HostTensor): boolean {
  return shape.filter((extent) => extent > 1).length <= 1;
}

/** `layer1.0.conv1.weight` is `layer1.0.conv1/weight`; a name without sense is the node's. */
function nameOf(tensor: string, node: string): string {
  const own = /^(onnx::|val_|_?\d+$)/.test(tensor)
    ? node.replace(/^\/+/, "").replaceAll("/", ".")
    : tensor;
  const end = own.lastIndexOf(".");
  return end > 0 ? `${own.slice(0, end)}/${own.slice(end + 1)}` : own;
}

function globOf(text: string): RegExp {
  const literal = text.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${literal}$`);
}
