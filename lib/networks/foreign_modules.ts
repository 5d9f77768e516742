/** A tensor of a file that Basin did not write. */
export interface ForeignTensor {
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
}

/** The modules of a file, and what belongs to none. */
export interface ForeignModules {
  /** In the natural order of their names: `conv2` before `conv10`. */
  readonly modules: readonly ForeignModule[];
  /** Running statistics, which f does not use. */
  readonly ignored: readonly string[];
  /** Tensors that are no weight and no bias of a module. */
  readonly strays: readonly NamedTensor[];
}

const STATISTICS = /(^|[./])(running_mean|running_var|num_batches_tracked)$/;
const WEIGHT = /^(weight|kernel|gamma)$/;
const BIAS = /^(bias|beta)$/;

/**
 * Groups the tensors of a PyTorch state dict by module.
 *
 * A safetensors file keeps its tensors sorted by type and name, so the order of the modules in the
 * network is lost; the natural order of their names is the best that is left.
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
 * const { modules, ignored } = foreignModules({
 *   "10.bias": tensor(2),
 *   "10.weight": tensor(2, 3),
 *   "2.running_mean": tensor(3),
 *   "2.weight": tensor(3),
 * });
 * assert.deepEqual(modules.map(({ name, kind }) => `${name} ${kind}`), ["2 norm", "10 dense"]);
 * assert.deepEqual(ignored, ["2.running_mean"]);
 * ```
 */
export function foreignModules(tensors: Readonly<Record<string, ForeignTensor>>): ForeignModules {
  const ignored: string[] = [];
  const strays: NamedTensor[] = [];
  const parts = new Map<string, { weight?: NamedTensor; bias?: NamedTensor }>();
  for (const [name, tensor] of Object.entries(tensors)) {
    if (STATISTICS.test(name)) {
      ignored.push(name);
      continue;
    }
    const named = { name, ...tensor };
    const role = name.slice(moduleOf(name).length).replace(/^[./]/, "");
    const part = WEIGHT.test(role) ? "weight" : BIAS.test(role) ? "bias" : undefined;
    const module = parts.get(moduleOf(name)) ?? {};
    if (!part || module[part]) strays.push(named);
    else parts.set(moduleOf(name), { ...module, [part]: named });
  }
  const modules: ForeignModule[] = [];
  for (const [name, { weight, bias }] of parts) {
    const kind = weight && KINDS[weight.shape.length];
    if (kind) modules.push({ name, kind, weight, ...(bias && { bias }) });
    else strays.push(...[weight, bias].filter((tensor) => tensor !== undefined));
  }
  const byName = new Intl.Collator("en", { numeric: true }).compare;
  modules.sort((a, b) => byName(a.name, b.name));
  return { modules, ignored, strays };
}

/** What a weight of so many axes belongs to. */
const KINDS: Readonly<Record<number, ForeignModule["kind"]>> = { 1: "norm", 2: "dense", 4: "conv" };

/** The name without its last part. */
export function moduleOf(name: string): string {
  return name.slice(0, Math.max(name.lastIndexOf("."), name.lastIndexOf("/"), 0));
}
