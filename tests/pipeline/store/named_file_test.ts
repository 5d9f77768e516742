import assert from "node:assert/strict";
import {
  checkFolder,
  checkNamedFile,
  checkTarget,
  readNamedFile,
  readNamedText,
  refusalText,
} from "../../../lib/pipeline/store/named_file.ts";
import { temporaryFolder } from "../../support/temporary_folder.ts";

Deno.test("refusalText() says what the system refuses in plain words, without code or path", () => {
  const codes = ["ENOENT", "ENOTDIR", "EISDIR", "EACCES", "EPERM", "EROFS", "ELOOP"];
  for (const code of [...codes, "ENAMETOOLONG", "ENOSPC", "EDQUOT", "EMFILE", "EIO"]) {
    const text = refusalText(Object.assign(new Error(`${code}: refused, open '/x'`), { code }));
    assert.doesNotMatch(text, /E[A-Z]{3}|\/x/, code);
  }
  assert.equal(refusalText(new Error("another one")), "another one");
  assert.equal(refusalText(undefined), "undefined");
});

Deno.test("readNamedFile(), readNamedText() and checkFolder() refuse what is another thing", async () => {
  const folder = await Deno.makeTempDir({ prefix: "basin-named-" });
  try {
    const file = `${folder}/file`;
    await Deno.writeFile(file, Uint8Array.of(0x61, 0xff));
    assert.deepEqual(readNamedFile(file, "", ""), Uint8Array.of(0x61, 0xff));
    const refusals: [() => unknown, RegExp][] = [
      [
        () => readNamedText(file, "it ", "go"),
        /^RangeError: Cannot read it \S+: it is no text in UTF-8; go$/,
      ],
      [() => readNamedFile(folder, "it ", "go"), /: it is a folder; go$/],
      [() => readNamedFile(`${file}/below`, "", "go"), /: a part of its path is a file, not a f/],
      [
        () => readNamedFile(" ", "", "go"),
        /^RangeError: Cannot read " ": there is no such file; go$/,
      ],
      [
        () => checkFolder(file, "it ", "go"),
        /^RangeError: Cannot use it \S+: it is no folder; go$/,
      ],
      [() => checkTarget(`${folder}/none/file`), /: there is no folder \S+none; make it, or name/],
      [() => checkTarget(""), /^RangeError: Cannot write "": the name is empty; give one$/],
    ];
    for (const [act, message] of refusals) assert.throws(act, message);
    checkFolder(`${folder}/new`, "", "");
    for (const path of [file, `${folder}/new`]) checkTarget(path);
    if (Deno.build.os === "windows" || Deno.uid() === 0) return; // nothing is refused to root
    await Deno.chmod(file, 0);
    assert.throws(() => readNamedFile(file, "", "go"), /: this user may not; go$/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("checkNamedFile() refuses what cannot be read, and reads nothing", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/a`;
  const check = (of: string) => () => checkNamedFile(of, "the model ", "name another");
  assert.throws(check(path), {
    name: "RangeError",
    message: `Cannot read the model ${path}: there is no such file; name another`,
  });
  assert.throws(check(folder.path), /: it is a folder; name another/);
  assert.throws(check(`${path}\0`), RangeError);
  await Deno.writeTextFile(path, "");
  check(path)();
  assert.throws(check(`${path}/b`), /a part of its path is a file, not a folder/);
});
