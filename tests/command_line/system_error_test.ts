import assert from "node:assert/strict";
import { systemErrorText } from "../../lib/command_line/system_error.ts";

const refused = (code: string) =>
  Object.assign(new Error(`${code}: refused, open '/store/tmp/x'`), { code });

Deno.test("systemErrorText() says what to do where the store is read-only or the disk cannot do it", () => {
  assert.match(systemErrorText(refused("EROFS"))!, /\/store\/tmp\/x'; .*read-only.* --artifacts/);
  for (const code of ["EACCES", "EPERM", "ENOTSUP", "EDQUOT", "EMFILE", "EIO", "ENAMETOOLONG"]) {
    const text = systemErrorText(refused(code))!;
    assert.ok(text.startsWith(`Cannot go on: ${code}: refused`) && !text.includes("\n"), text);
  }
});

Deno.test("systemErrorText() says something of every refusal, and nothing of faults of the program", () => {
  for (const code of ["ENOENT", "ENOTDIR", "EISDIR", "EXDEV"]) {
    assert.match(systemErrorText(refused(code))!, /^Cannot go on: E\w+: refused, .*; .*run again/);
  }
  for (const other of [new Error("x"), new TypeError("y"), undefined, "text", { code: 3 }]) {
    assert.equal(systemErrorText(other), undefined);
  }
});
