/** Axes: lists of values, ranges of integers, and labels that stand for parameters. */
import type { FaultList } from "./fault.ts";
import { labelFault, nameFault } from "./name.ts";
import { entriesOf, itemsOf } from "./raw.ts";
import { kindOf } from "./issue_text.ts";
import type { YamlPath } from "./source_text.ts";
import type { Axis, AxisValue, Json, Parameter, Parameters } from "./study.ts";
import { didYouMean } from "./suggest.ts";

/** More cells than this are a slip of the pen. */
export const CELL_LIMIT = 10_000;

/**
 * Reads an axis.
 *
 * ```yaml
 * eps: [1e-3, 5e-4]                       # a parameter of the same name, one value a cell
 * trial: { range: [0, 5] }                # 0, 1, 2, 3, 4
 * regime:                                 # labels; each brings groups (`use`) and parameters
 *   SB: { use: sb }
 *   LB: { use: [lb, patient], learningRate: 0.002 }
 * ```
 *
 * @param groups Groups under `params`, which `use` names.
 */
export function readAxis(
  name: string,
  raw: unknown,
  path: YamlPath,
  groups: ReadonlyMap<string, Parameters>,
  faults: FaultList,
): Axis {
  const fault = (message: string, at: YamlPath = path) =>
    faults.add(faults.source.valueAt(at), message);
  const axis = (kind: Axis["kind"], values: AxisValue[]): Axis => {
    const labels = new Set<string>();
    for (const [i, { label }] of values.entries()) {
      const wrong = labelFault(label);
      const at = kind === "values"
        ? faults.source.valueAt([...path, i])
        : faults.source.keyAt([...path, label]);
      if (wrong) faults.add(at, wrong);
      if (labels.has(label)) faults.add(at, `axis \`${name}\` has \`${label}\` twice; remove one`);
      labels.add(label);
    }
    return { name, kind, values, path };
  };
  const plain = (value: Json, at: YamlPath): AxisValue => ({
    label: String(Object.is(value, -0) ? 0 : value),
    parameters: new Map([[name, { value, origin: "axis", path: at } satisfies Parameter]]),
  });
  if (Array.isArray(raw)) {
    if (raw.length === 0) fault(`axis \`${name}\` is empty; give it a value`);
    for (const [i, value] of raw.entries()) {
      if (typeof value !== "object") continue;
      fault(`axis \`${name}\` wants plain values, and this is ${kindOf(value)}`, [...path, i]);
    }
    const values = raw.filter((value) => typeof value !== "object") as Json[];
    return axis("values", values.map((value, i) => plain(value, [...path, i])));
  }
  const entries = entriesOf(raw);
  if (entries.length === 1 && entries[0]![0] === "range") {
    const [from, to, ...rest] = itemsOf(entries[0]![1]);
    const isRange = Number.isSafeInteger(from) && Number.isSafeInteger(to) && rest.length === 0;
    const count = isRange ? (to as number) - (from as number) : 0;
    if (count < 1 || count > CELL_LIMIT) {
      fault(
        `a range is [from, to], integers from \`from\` up to but not \`to\`, at most ${CELL_LIMIT}`,
        [
          ...path,
          "range",
        ],
      );
      return axis("values", []);
    }
    return axis(
      "values",
      Array.from({ length: count }, (_, i) => plain(from as number + i, [...path, "range"])),
    );
  }
  if (entries.length === 0) {
    fault(`axis \`${name}\` wants a list, { range: [from, to] } or labels; this is ${kindOf(raw)}`);
    return axis("values", []);
  }
  return axis(
    "labels",
    entries.map(([label, meaning]) => ({
      label,
      parameters: readMeaning(meaning, [...path, label], groups, faults),
    })),
  );
}

/** The parameters of one label: the groups it uses, then its own. */
function readMeaning(
  raw: unknown,
  path: YamlPath,
  groups: ReadonlyMap<string, Parameters>,
  faults: FaultList,
): Parameters {
  const parameters = new Map<string, Parameter>();
  if (raw === null) return parameters;
  if (typeof raw !== "object" || Array.isArray(raw)) {
    faults.add(faults.source.valueAt(path), `a label wants a map, and this is ${kindOf(raw)}`);
  }
  for (const [key, value] of entriesOf(raw).filter(([key]) => key === "use")) {
    const names = Array.isArray(value) ? value : [value];
    for (const [i, name] of names.entries()) {
      const group = groups.get(name);
      if (group) {
        for (const [parameter, { value, path }] of group) {
          parameters.set(parameter, { value, path, origin: "axis" });
        }
        continue;
      }
      const at = faults.source.valueAt(Array.isArray(value) ? [...path, key, i] : [...path, key]);
      faults.add(at, `there is no group \`params.${name}\`${didYouMean(`${name}`, groups.keys())}`);
    }
  }
  for (const [name, value] of entriesOf(raw)) {
    if (name === "use") continue;
    const wrong = nameFault(name);
    if (wrong) faults.add(faults.source.keyAt([...path, name]), wrong);
    parameters.set(name, { value: value as Json, origin: "axis", path: [...path, name] });
  }
  return parameters;
}
