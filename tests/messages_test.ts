/** Every message of an error, read as text: it names what could not be done, and what to do. */
import assert from "node:assert/strict";
import { sourceFiles } from "./support/source_files.ts";
import { withoutComments } from "./support/source_text.ts";

/** The start of an error that a person may meet; commander tells of arguments by itself. */
const THROWN = /throw new (?!InvalidArgument)\w*Error\(\s*(?=["`])/g;

/** What says what to do, or which values would do. */
const REMEDY = /;|\b(?:want|known are|choose|there are|give|use)\b/;

/** A message ends with one of these where its rest is made elsewhere: a hint, a list of faults. */
const CONTINUED =
  /\$\{(?:hint|why|text|fault|error\.message|.*faults.*|new TextDecoder.*)\}?$|didYouMean\(|\\nOr put /s;

/**
 * Files whose errors are caught and told with what could not be done: of ONNX nodes, of mirrors, of a
 * cluster's commands.
 */
const TOLD_ELSEWHERE =
  /^lib\/(?:networks\/onnx\/(?:ops\/|host|rule|trace)|acquisition\/fetch_file|data\/formats\/|pipeline\/(?:key\/bundle|batch\/(?:run_command|slurm)\.ts|worker\/(?:checkpoint|worker)\.ts)|engine\/setup\/)/;

/** The text of the literals from `start` to the end of the call, as the source has it. */
function messageAt(text: string, start: number): string {
  let depth = 1;
  let end = start;
  for (; end < text.length && depth > 0; end++) {
    if (text[end] === "(") depth++;
    if (text[end] === ")") depth--;
  }
  return text.slice(start, end - 1).replace(/,\s*(?:\{\s*cause[^}]*\},?)?\s*$/, "")
    .replace(/["`]\s*\+\s*["`]/g, "").trim().replace(/^["`]|["`]$/g, "");
}

Deno.test("every error of lib and tasks begins with what it cannot do, and says what to do", async () => {
  const faults: string[] = [];
  let count = 0;
  for (const { path, text } of await sourceFiles(["lib", "tasks"])) {
    if (TOLD_ELSEWHERE.test(path)) continue;
    const code = withoutComments(text);
    for (const { 0: start, index } of code.matchAll(THROWN)) {
      const message = messageAt(code, index + start.length);
      count++;
      if (!message.startsWith("Cannot ")) faults.push(`${path}: no “Cannot …”: ${message}`);
      else if (!REMEDY.test(message) && !CONTINUED.test(message)) {
        faults.push(`${path}: says nothing of what to do: ${message}`);
      }
    }
  }
  assert.ok(count > 250, `found only ${count} messages`);
  assert.deepEqual(faults, []);
});
