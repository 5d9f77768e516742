/** Checks what stages say of each other: references, joins, exclusions, rings, sizes. */
import { CELL_LIMIT } from "./axis.ts";
import { rings } from "./cycle.ts";
import type { FaultList } from "./fault.ts";
import type { InputDeclaration, Json, StageDeclaration, Study } from "./study.ts";
import { didYouMean } from "./suggest.ts";

/** Adds every fault between stages; returns the stages, each after all that it reads from. */
export function checkLinks(
  study: Study,
  faults: FaultList,
): ReadonlyMap<string, StageDeclaration> {
  let total = 0;
  for (const stage of study.stages.values()) {
    for (const input of stage.inputs.values()) checkInput(study, stage, input, faults);
    checkAssignments(study, stage, faults);
    const sizes = stage.matrix.map((axis) => study.axes.get(axis)?.values.length ?? 1);
    const count = sizes.reduce((product, size) => product * size, 1);
    total += count;
    if (count > CELL_LIMIT) {
      faults.add(
        faults.source.keyAt([...stage.path, "matrix"]),
        `${sizes.join(" × ")} = ${count} cells; at most ${CELL_LIMIT} are allowed`,
      );
    }
  }
  if (total > CELL_LIMIT && faults.size === 0) {
    faults.add(
      faults.source.keyAt(["stages"]),
      `the study has ${total} cells; at most ${CELL_LIMIT} are allowed`,
    );
  }
  return checkOrder(study, faults);
}

function checkInput(
  study: Study,
  stage: StageDeclaration,
  { name, reference, path }: InputDeclaration,
  faults: FaultList,
): void {
  const at = faults.source.valueAt(path);
  const upstream = study.stages.get(reference.stage);
  if (study.absent.has(reference.stage)) {
    const whole = `profile \`${study.profile}\` has \`${stage.name}\``;
    faults.add(
      at,
      `${whole} without \`${reference.stage}\`, which it reads; name both in \`only\`, or none`,
    );
    return;
  }
  if (!upstream) {
    const hint = didYouMean(reference.stage, study.stages.keys());
    faults.add(at, `there is no stage \`${reference.stage}\`${hint}`);
    return;
  }
  if (!upstream.outputs.has(reference.output)) {
    const hint = didYouMean(reference.output, upstream.outputs.keys());
    faults.add(at, `stage \`${upstream.name}\` has no output \`${reference.output}\`${hint}`);
  }
  let isMisspelt = false;
  for (const [axis, label] of reference.selection) {
    if (!upstream.matrix.includes(axis)) {
      isMisspelt = true;
      const hint = didYouMean(axis, upstream.matrix);
      faults.add(at, `stage \`${upstream.name}\` has no axis \`${axis}\`${hint}`);
      continue;
    }
    const labels = study.axes.get(axis)?.values.map(({ label }) => label) ?? [];
    if (label !== "*" && !labels.includes(label)) {
      faults.add(at, `axis \`${axis}\` has no \`${label}\`${didYouMean(label, labels)}`);
    }
  }
  if (reference.collectsAll || isMisspelt) return;
  for (const axis of upstream.matrix) {
    if (reference.selection.has(axis) || stage.matrix.includes(axis)) continue;
    const label = study.axes.get(axis)?.values[0]?.label ?? "label";
    const { stage: from, output } = reference;
    faults.add(
      at,
      `input \`${name}\` does not say which \`${axis}\` of stage \`${from}\` it reads`,
      [
        `join:    add \`${axis}\` to the matrix of \`${stage.name}\``,
        `fix:     ${from}[${axis}=${label}].${output}`,
        `collect: ${from}[${axis}=*].${output}, or ${from}[*].${output} for everything`,
      ],
    );
  }
}

function checkAssignments(study: Study, stage: StageDeclaration, faults: FaultList): void {
  const { source } = faults;
  for (const { path, values } of stage.exclude) {
    for (const axis of values.keys()) {
      if (stage.matrix.includes(axis)) continue;
      const at = source.keyAt([...path, axis]);
      faults.add(at, `the matrix has no axis \`${axis}\`${didYouMean(axis, stage.matrix)}`);
    }
  }
  const included = new Set<string>();
  for (const { path, values } of stage.include) {
    for (const axis of stage.matrix) {
      const value = values.get(axis);
      if (value !== undefined) continue;
      faults.add(source.keyAt(path), `an included cell needs all axes; \`${axis}\` is missing`);
    }
    const cell = JSON.stringify(stage.matrix.map((axis) => labelOf(values.get(axis) ?? null)));
    if (included.has(cell)) {
      faults.add(source.valueAt(path), "this cell is included twice; give it one entry with all");
    }
    included.add(cell);
  }
  for (const { path, values } of [...stage.exclude, ...stage.include]) {
    for (const [axis, value] of values) {
      const own = stage.matrix.includes(axis) ? study.axes.get(axis) : undefined;
      if (own && typeof value === "object") {
        const at = source.valueAt([...path, axis]);
        faults.add(at, `\`${axis}\` wants one value here; write an entry for each`);
        continue;
      }
      // A profile may shorten an axis without repeating what the study excludes of it.
      const isShortened = own?.path[0] === "profiles" && path.includes("exclude");
      const labels = isShortened ? undefined : own?.values;
      if (!labels || labels.some(({ label }) => label === labelOf(value))) continue;
      const hint = didYouMean(labelOf(value), labels.map(({ label }) => label));
      const at = source.valueAt([...path, axis]);
      faults.add(at, `axis \`${axis}\` has no \`${labelOf(value)}\`${hint}`);
    }
  }
}

/** The label by which `exclude`, `include` and flags name a value. */
export function labelOf(value: Json): string {
  return String(Object.is(value, -0) ? 0 : value);
}

function checkOrder(
  study: Study,
  faults: FaultList,
): ReadonlyMap<string, StageDeclaration> {
  const edges = new Map(
    [...study.stages.values()].map((stage) => [
      stage.name,
      [...stage.inputs.values()].map(({ reference }) => reference.stage)
        .filter((name) => study.stages.has(name)),
    ]),
  );
  const { order, found } = rings(edges);
  for (const ring of found) {
    const links = ring.map((name, i) => {
      const next = ring[(i + 1) % ring.length]!;
      const inputs = [...study.stages.get(name)!.inputs.values()];
      const input = inputs.find(({ reference }) => reference.stage === next)!;
      const at = faults.source.valueAt(input.path);
      return { at, note: `${faults.source.place(at)}: ${name} reads ${next} (\`${input.name}\`)` };
    });
    faults.add(
      links[0]!.at,
      `stages wait for each other: ${[...ring, ring[0]].join(" → ")}; break the ring`,
      links.map(({ note }) => note),
    );
  }
  return new Map(order.map((name) => [name, study.stages.get(name)!]));
}
