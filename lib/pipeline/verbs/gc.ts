/** `gc`: removes what neither the study, under any profile, nor the view needs; shows it first. */
import { counted, formatBytes } from "../display/format.ts";
import { printable } from "../display/printable.ts";
import { paletteOf } from "../display/terminal.ts";
import { planCells } from "../run/plan.ts";
import { findGarbage, removeGarbage } from "../store/garbage.ts";
import { viewedKeys } from "../store/view.ts";
import { EXIT, type ProfilesContext, writeJson } from "./verb.ts";

/** Options of `gc`. */
export interface GcOptions {
  /** Removes; otherwise only shows. */
  readonly yes: boolean;
  /** Hours for which everything stays. */
  readonly keep: number;
}

/**
 * Shows or removes garbage.
 *
 * @returns The exit status.
 * @throws {StudyError} If a profile has faults: nobody knows what it will need without them.
 */
export function gcVerb({ yes, keep }: GcOptions, context: ProfilesContext): number {
  const { terminal, workspaces, faulty } = context;
  if (faulty) {
    const names = faulty.names.map((name) => `\`${name}\``).join(", ");
    const text = `Cannot tell what can be removed: the study has faults under ${names}; what is ` +
      "needed there can be told once they are mended\n\n";
    terminal.warn(printable(text));
    throw faulty.error;
  }
  const [{ layout }] = workspaces;
  const now = Date.now();
  const planned = workspaces
    .flatMap((workspace) => planCells(workspace, [...workspace.graph.values()]));
  const keysOf = (state: "up to date" | "run") =>
    planned.flatMap((each) => each.state === state ? [each.key] : []);
  const keys = new Set([...keysOf("up to date"), ...viewedKeys(layout.view)]);
  const garbage = findGarbage(layout, {
    keys,
    pending: new Set(keysOf("run")),
    now,
    keep: keep * 3_600_000,
  });
  if (yes) removeGarbage(garbage);
  const { records, objects, attempts, checkpoints, leftovers, bytes } = garbage;
  if (context.json) {
    writeJson(terminal, { removed: yes, kept: keys.size, ...garbage });
    return EXIT.ok;
  }
  const paint = paletteOf(terminal);
  const all = [...records, ...objects, ...attempts, ...checkpoints, ...leftovers];
  for (const path of all) {
    const shown = path.slice(layout.root.length + 1);
    terminal.write(`${paint.dim(yes ? "removed" : "would remove")} ${shown}\n`);
  }
  const what = `${counted(records.length, "result")}, ${counted(objects.length, "object")}, ` +
    `${counted(attempts.length, "attempt")}, ` +
    `checkpoints of ${counted(checkpoints.length, "cell")}, ${formatBytes(bytes)}`;
  const kept = `${counted(keys.size, "result")} of the study and the view kept`;
  const line = all.length === 0
    ? `nothing to remove; ${kept}`
    : yes
    ? `removed ${what}; ${kept}`
    : `would remove ${what}; ${kept}; \`gc --yes\` removes`;
  terminal.write(`${paint.bold(line)}\n`);
  return EXIT.ok;
}
