import assert from "node:assert/strict";
import { eventLine } from "../../../lib/pipeline/display/event_line.ts";
import type { RunEvent } from "../../../lib/pipeline/events.ts";
import { paletteOf } from "../../../lib/pipeline/display/terminal.ts";

const PLAIN = paletteOf({ colour: false });

Deno.test("eventLine() shows an error once, line by line, and what else the log ends with", () => {
  const failed = (reason: string, tail: readonly string[]) =>
    eventLine({ type: "failed", cell: { id: "a" }, reason, tail, log: "/log" } as RunEvent, PLAIN);
  const error = "Error: Cannot get it; each place failed:\n  here: no\n  there: no";
  const shown = [
    "failed  a  Error: Cannot get it; each place failed:",
    "        |   here: no",
    "        |   there: no",
  ];
  const end = "        log: /log";
  assert.equal(failed(error, error.split("\n")), [...shown, end].join("\n"));
  assert.equal(
    failed(error, ["loading", ...error.split("\n"), "    at run"]),
    [...shown, "        | loading", "        |     at run", end].join("\n"),
  );
  // A tail that begins within the error is another text.
  assert.equal(
    failed("Error: x", ["at y"]),
    ["failed  a  Error: x", "        | at y", end].join("\n"),
  );
});
