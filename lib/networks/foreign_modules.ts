/** A tensor of a file that Basin did not write. */
export interface ForeignTensor {
  /** Extents, the outermost first. */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: ArrayLike<number>;
}

/** A tensor with its name in the file. */
export interface NamedTensor extends ForeignTensor {
  readonly name: string;
}

/** The tensors of one module of a PyTorch network, by what they are to a layer. */
export interface ForeignModule {
  /** `features.0` of `features.0.weight`; empty where the name has one part. */
  readonly name: string;
  /** Which layers it may be: by the rank of its weight. */
  readonly kind: "dense" | "conv" | "norm";
  /** `weight` of two or four axes, or γ. */
  readonly weight: NamedTensor;
  /** `bias`, or β. */
  readonly bias?: NamedTensor;
  /** `running_mean` of a normalisation. */
  readonly mean?: NamedTensor;
  /** `running_var` of a normalisation. */
  readonly variance?: NamedTensor;
}

/** The modules of a file, and what belongs to none. */
export interface ForeignModules {
  /** In the natural order of their names: `conv2` before `conv10`. */
  readonly modules: readonly ForeignModule[];
  /** Tensors that are no part of any module that a layer may be. */
  readonly strays: readonly NamedTensor[];
}

type Part = "weight" | "bias" | "mean" | "variance";

/** What a tensor is to its module, by the last part of its name. */
const PARTS: ReadonlyMap<string, Part> = new Map([
  ["weight", "weight"],
  ["kernel", "weight"],
  ["gamma", "weight"],
  ["bias", "bias"],
  ["beta", "bias"],
  ["running_mean", "mean"],
  ["running_var", "variance"],
]);

/** Counts batches for averages that are all equal: nothing that a network computes with. */
const COUNTER = /(^|[./])num_batches_tracked$/;

/**
 * Groups the tensors of a PyTorch state dict by module.
 *
 * A safetensors file keeps its tensors sorted by type and name. So the order of the modules in the
 * network is lost, and the natural order of their names is the best that is left.
 *
 * @example
 * ```ts
 * import { foreignModules } from "./foreign_modules.ts";
 * import assert from "node:assert/strict";
 *
 * const tensor = (...shape: number[]) => ({
 *   shape,
 *   data: new Float32Array(shape.reduce((product, extent) => product * extent, 1)),
 * });
 * const { modules } = foreignModules({
 *   "10.bias": tensor(2),
 *   "10.weight": tensor(2, 3),
 *   "2.running_mean": tensor(3),
 *   "2.weight": tensor(3),
 * });
 * assert.deepEqual(modules.map(({ name, kind }) => `${name} ${kind}`), ["2 norm", "10 dense"]);
 * assert.equal(modules[0]!.mean!.name, "2.running_mean");
 * ```
 */
export function foreignModules(tensors: Readonly<Record<string, ForeignTensor>>): ForeignModules {
  const strays: NamedTensor[] = [];
  const parts = new Map<string, Partial<Record<Part, NamedTensor>>>();
  for (const [name, tensor] of Object.entries(tensors)) {
    if (COUNTER.test(name)) continue;
    const named = { name, ...tensor };
    const module = parts.get(moduleOf(name)) ?? {};
    const last = name.slice(moduleOf(name).length).replace(/^[./]/, "");
    const part = PARTS.get(last);
    if (!part || module[part]) strays.push(named);
    else parts.set(moduleOf(name), { ...module, [part]: named });
  }
  const modules: ForeignModule[] = [];
  for (const [name, { weight, ...others }] of parts) {
    const kind = weight && KINDS[weight.shape.length];
    if (kind) modules.push({ name, kind, weight, ...others });
    else strays.push(...[weight, ...Object.values(others)].filter((part) => part !== undefined));
  }
  const byName = new Intl.Collator("en", { numeric: true }).compare;
  modules.sort((a, b) => byName(a.name, b.name));
  return { modules, strays };
}

/** What a weight of so many axes belongs to. */
const KINDS: Readonly<Record<number, ForeignModule["kind"]>> = { 1: "norm", 2: "dense", 4: "conv" };

/** The name without its last part. */
export function moduleOf(name: string): string {
  return name.slice(0, Math.max(name.lastIndexOf("."), name.lastIndexOf("/"), 0));
}
