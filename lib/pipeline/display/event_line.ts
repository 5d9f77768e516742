import type { RunEvent } from "../events.ts";
import { formatSeconds } from "./format.ts";
import { printableLine } from "./printable.ts";
import type { Palette } from "./terminal.ts";

/** One line for an event, or `undefined` for those that are not worth one. */
export function eventLine(event: RunEvent, paint: Palette): string | undefined {
  switch (event.type) {
    case "hit":
    case "progress":
      return undefined;
    case "started":
      return `${paint.bold("start")}   ${event.cell.id}  ${paint.dim(event.reasons.join("; "))}`;
    case "finished": {
      const { status, reason, seconds } = event.record;
      const took = paint.dim(formatSeconds(seconds));
      const odd = event.nondeterministic.length === 0
        ? ""
        : `  not reproducible: ${event.nondeterministic.join(", ")}; the first result stands`;
      return status === "ok"
        ? `${paint.good("done")}    ${event.cell.id}  ${took}${odd}`
        : `${paint.bad("diverged")} ${event.cell.id}  ${
          printableLine(reason ?? "")
        }  ${took}${odd}`;
    }
    case "failed": {
      const [first = "", ...more] = linesOf(event.reason);
      return [
        `${paint.bad("failed")}  ${event.cell.id}  ${printableLine(first)}`,
        ...[...more, ...withoutReason(event.tail, [first, ...more])].map((line) =>
          `        | ${printableLine(line)}`
        ),
        ...(event.log === undefined ? [] : [`        log: ${event.log}`]),
      ].join("\n");
    }
    case "retried":
      return `${paint.bad("again")}   ${event.cell.id}  ${
        printableLine(event.reason)
      }; it runs again`;
    case "blocked":
      return `${paint.dim("blocked")} ${event.cell.id}  by ${event.by.id}`;
    case "busy":
      return `${paint.dim("waiting")} ${event.cell.id}  another run is computing it`;
    case "repaired":
      return `${paint.bad("repair")}  ${
        event.cells.map(({ id }) => id).join(", ")
      }  ${event.damage}`;
  }
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

/** The end of a log without the error that is shown above it, which the log has as well. */
function withoutReason(tail: readonly string[], reason: readonly string[]): readonly string[] {
  const start = tail.findIndex((_, i) => reason.every((line, k) => tail[i + k] === line));
  return start < 0 ? tail : [...tail.slice(0, start), ...tail.slice(start + reason.length)];
}
