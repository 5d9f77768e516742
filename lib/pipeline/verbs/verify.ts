/** `verify`: checks every published result, and moves aside what is damaged. */
import { relative } from "node:path";
import { counted } from "../display/format.ts";
import { printableLine } from "../display/printable.ts";
import { paletteOf } from "../display/terminal.ts";
import { readingEverything, verifyStore } from "../store/verify.ts";
import { EXIT, type StudyContext, writeJson } from "./verb.ts";

/**
 * Verifies the store.
 *
 * @param full Reads every byte. Otherwise only what changed since it was last read.
 * @returns The exit status: {@link EXIT.corrupt} if there was damage, which the next run repairs.
 */
export function verifyVerb(
  { full }: { full: boolean },
  context: StudyContext,
): number {
  const { terminal } = context;
  const { layout, objects } = context.workspace;
  const damaged = full ? readingEverything(layout) : objects.damaged;
  const found = verifyStore(layout, { damaged, isFull: full });
  const exit = found.damaged.length > 0 ? EXIT.corrupt : EXIT.ok;
  if (context.json) {
    writeJson(terminal, { full, ...found });
    return exit;
  }
  if (found.records + found.objects + found.damaged.length === 0) {
    terminal.write(`nothing to verify: there are no results in ${layout.root}\n`);
    return exit;
  }
  const paint = paletteOf(terminal);
  for (const { what, of } of found.damaged) {
    terminal.write(`${paint.bad("damaged")} ${what}  ${paint.dim(printableLine(of.join(", ")))}\n`);
  }
  const read = full ? "every byte read" : "read where anything changed; --full reads every byte";
  const sizes = `${counted(found.records, "result")}, ${counted(found.objects, "object")}`;
  const count = found.damaged.length;
  const verdict = count === 0
    ? "all sound"
    : `${count} damaged, moved to ${relative(Deno.cwd(), layout.quarantine)}; ` +
      "run again to make what is missing";
  terminal.write(`${paint.bold(`${sizes}: ${verdict} (${read})`)}\n`);
  return exit;
}
