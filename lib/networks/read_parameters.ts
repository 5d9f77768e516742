import { sameShape, sizeOf } from "../graph/shape.ts";
import { joinParameters } from "./flat.ts";
import {
  type ForeignModule,
  foreignModules,
  type ForeignTensor,
  moduleOf,
  type NamedTensor,
} from "./foreign_modules.ts";
import type { Network } from "./network.ts";
import type { Parameter } from "./parameter.ts";
import { channelsBefore, fromPytorch, pytorchShape } from "./pytorch_layout.ts";

/** How a file's tensors are laid out. */
export type WeightLayout = "basin" | "pytorch";

/** A network's flat vector read from a file, and how. */
export interface ReadParameters {
  /** Shape [n]. */
  readonly x: Float64Array;
  /** Whose convention the tensors follow. */
  readonly layout: WeightLayout;
  /** Which tensor became which parameter. */
  readonly mapping: readonly { readonly tensor: string; readonly parameter: string }[];
  /** What was filled in. */
  readonly notes: readonly string[];
  /** Running statistics, by the name of the normalisation; for f with fixed moments. */
  readonly moments: Readonly<Record<string, RunningMoments>>;
}

/** Averages of a batch normalisation's moments over the steps of a training. */
export interface RunningMoments {
  /** μ of each channel. */
  readonly mean: Float64Array;
  /** σ² of each channel. */
  readonly variance: Float64Array;
}

/** How {@link readParameters} reads. */
export interface ReadParametersOptions {
  /** Default: `basin` if every parameter is there by its name, else `pytorch`. */
  readonly layout?: WeightLayout | undefined;
  /**
   * Modules of the file and the layers that they are, where order does not tell: `fc_in` → `dense1`.
   * Names of tensors and parameters stand for their modules and layers.
   */
  readonly renames?: ReadonlyMap<string, string> | undefined;
}

/**
 * Reads a network's parameters from named tensors, Basin's own or a PyTorch state dict's.
 *
 * The modules of a state dict are matched with layers kind by kind, in the natural order of their
 * names. Weights of four axes belong to convolutions, of two to dense layers, of one to
 * normalisations.
 *
 * | PyTorch                            | Basin                                                   |
 * | ---------------------------------- | ------------------------------------------------------- |
 * | `Linear.weight` [out, in]          | `dense…/kernel` [in, out]                               |
 * | … after a flattened [c, h, w]      | … of [h, w, c]                                          |
 * | `Conv2d.weight` [out, in, h, w]    | `conv…/kernel` [h, w, in, out]                          |
 * | `bias`                             | `…/bias`; 0 where there is none (`bias=False`)          |
 * | `BatchNorm….weight`, `bias`        | `norm…/gamma`, `norm…/beta`                             |
 * | `running_mean`, `running_var`      | no parameters: returned apart, as `moments`             |
 *
 * @throws {TypeError} If tensors do not fit; the message names all of them.
 */
export function readParameters(
  network: Network,
  tensors: Readonly<Record<string, ForeignTensor>>,
  { layout, renames = new Map() }: ReadParametersOptions = {},
): ReadParameters {
  const isBasins = network.parameters.every(({ name }) => Object.hasOwn(tensors, name));
  return (layout ?? (isBasins && renames.size === 0 ? "basin" : "pytorch")) === "basin"
    ? readBasins(network, tensors)
    : readPytorchs(network, tensors, renames);
}

function readBasins(
  network: Network,
  tensors: Readonly<Record<string, ForeignTensor>>,
): ReadParameters {
  const faults: string[] = [];
  const parts: Record<string, ArrayLike<number>> = {};
  for (const { name, shape } of network.parameters) {
    const tensor = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
    if (!tensor) faults.push(`${name} [${shape}] is missing`);
    else if (!sameShape(tensor.shape, shape)) {
      faults.push(`${name} is [${tensor.shape}], want [${shape}]`);
    } else parts[name] = checkedEntries({ name, ...tensor }, faults);
  }
  const known = new Set(network.parameters.map(({ name }) => name));
  for (const name of Object.keys(tensors)) {
    if (!known.has(name)) faults.push(`${name} has no place`);
  }
  assertNone(network, faults);
  return {
    x: joinParameters(network, parts),
    layout: "basin",
    mapping: network.parameters.map(({ name }) => ({ tensor: name, parameter: name })),
    notes: [],
    moments: {},
  };
}

function readPytorchs(
  network: Network,
  tensors: Readonly<Record<string, ForeignTensor>>,
  renames: ReadonlyMap<string, string>,
): ReadParameters {
  const { modules, strays } = foreignModules(tensors);
  const faults = strays.map(({ name, shape }) =>
    `${name} [${shape}] is no weight or bias of a layer`
  );
  const notes: string[] = [];
  const moments: Record<string, RunningMoments> = {};
  const parts: Record<string, ArrayLike<number>> = {};
  const mapping: { tensor: string; parameter: string }[] = [];
  const place = (tensor: NamedTensor, { name, shape }: Parameter) => {
    const want = pytorchShape(shape);
    if (!sameShape(tensor.shape, want)) {
      faults.push(`${tensor.name} is [${tensor.shape}], but ${name} wants [${want}]`);
      return;
    }
    const channels = shape.length === 2 ? channelsBefore(network, moduleOf(name)) : 1;
    parts[name] = fromPytorch(
      { shape: tensor.shape, data: checkedEntries(tensor, faults) },
      shape,
      channels,
    );
    mapping.push({ tensor: tensor.name, parameter: name });
  };
  for (const { layer, module } of paired(network, modules, renames, faults)) {
    const own = network.parameters.filter(({ name }) => moduleOf(name) === layer);
    const offset = own.find(({ name }) => /\/(bias|beta)$/.test(name));
    for (const parameter of own) {
      const tensor = parameter === offset ? module.bias : module.weight;
      if (tensor) place(tensor, parameter);
      else {
        parts[parameter.name] = new Float64Array(sizeOf(parameter.shape));
        notes.push(`${module.name} has no bias: ${parameter.name} is 0`);
      }
    }
    const { mean, variance } = module;
    if (mean && variance) {
      moments[layer] = {
        mean: Float64Array.from(checkedEntries(mean, faults)),
        variance: Float64Array.from(checkedEntries(variance, faults)),
      };
    }
  }
  assertNone(network, faults);
  return { x: joinParameters(network, parts), layout: "pytorch", mapping, notes, moments };
}

/** Pairs layers with modules: first those that were told, then by kind and order. */
function paired(
  { layers, parameters }: Network,
  modules: readonly ForeignModule[],
  renames: ReadonlyMap<string, string>,
  faults: string[],
): { readonly layer: string; readonly module: ForeignModule }[] {
  const withParameters = layers.flatMap(({ name: layer }) => {
    const own = parameters.find(({ name }) => moduleOf(name) === layer);
    const rank = own?.shape.length;
    return rank ? [{ layer, kind: rank === 4 ? "conv" : rank === 2 ? "dense" : "norm" }] : [];
  });
  const pairs: { layer: string; module: ForeignModule }[] = [];
  for (const [from, to] of renames) {
    const module = modules.find(({ name }) => name === from) ??
      modules.find(({ weight, bias }) => weight.name === from || bias?.name === from);
    const layer = withParameters.find(({ layer }) => layer === to || layer === moduleOf(to))?.layer;
    if (!module) faults.push(`${from}=${to}: the file has no module or tensor "${from}"`);
    else if (layer === undefined) {
      const all = withParameters.map(({ layer }) => layer).join(", ");
      faults.push(`${from}=${to}: there is no layer "${to}"; there are ${all}`);
    } else if (pairs.some((pair) => pair.layer === layer || pair.module === module)) {
      faults.push(`${from}=${to}: one of the two is mapped already`);
    } else pairs.push({ layer, module });
  }
  const told = [...pairs];
  for (const kind of ["conv", "dense", "norm"] as const) {
    const open = withParameters.filter((entry) =>
      entry.kind === kind && !told.some(({ layer }) => layer === entry.layer)
    );
    const free = modules.filter((module) =>
      module.kind === kind && !told.some((pair) => pair.module === module)
    );
    open.forEach(({ layer }, i) => {
      const module = free[i];
      if (module) pairs.push({ layer, module });
      else {
        faults.push(
          `${layer} is missing: the file has ${free.length} of the ${open.length} modules of its kind`,
        );
      }
    });
    for (const { weight } of free.slice(open.length)) {
      faults.push(`${weight.name} [${weight.shape}] has no place`);
    }
  }
  return pairs;
}

function checkedEntries({ name, data }: NamedTensor, faults: string[]): ArrayLike<number> {
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    faults.push(`${name} holds ${data[i]} at entry ${i}`);
    break;
  }
  return data;
}

function assertNone({ name }: Network, faults: readonly string[]): void {
  if (faults.length === 0) return;
  throw new TypeError(
    `Cannot read the tensors as parameters of ${name}:\n` +
      faults.map((fault) => `  ${fault}`).join("\n"),
  );
}
