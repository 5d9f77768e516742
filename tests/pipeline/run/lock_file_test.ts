import assert from "node:assert/strict";
import {
  type LockedCells,
  readLockFile,
  writeLockFile,
} from "../../../lib/pipeline/run/lock_file.ts";
import { temporaryFolder } from "../../support/temporary_folder.ts";

const ROOT = new URL("../../../", import.meta.url);
const NAME = "pipeline.lock.json";

Deno.test("writeLockFile() writes one line a cell, so that another cell is another line", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/${NAME}`;
  const cell = (digit: string): LockedCells[string] => ({
    key: digit.repeat(64),
    status: "ok",
    outputs: { metrics: `blob:${digit.repeat(64)}`, weights: `tree:${digit.repeat(64)}` },
    numbers: { metrics: { "phi.mean": 1.5, f: 2e-8 } },
  });
  const linesOf = (cells: LockedCells) => {
    writeLockFile(path, "default", cells);
    return Deno.readTextFileSync(path).split("\n");
  };
  writeLockFile(path, "smoke", { "s[t=0]": cell("c") });
  const few = linesOf({ "s[t=2]": cell("b"), "s[t=0]": cell("a") });
  const more = linesOf({ "s[t=0]": cell("a"), "s[t=1]": cell("d"), "s[t=2]": cell("b") });
  assert.deepEqual(few.filter((line) => !more.includes(line)), []);
  const added = more.filter((line) => !few.includes(line));
  assert.equal(added.length, 1);
  assert.match(added[0]!, /^ {6}"s\[t=1\]": \{"key":"d+",/);
});

Deno.test("writeLockFile() takes every finite number of a result, beyond those of a key", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/${NAME}`;
  const hex = "a".repeat(64);
  const numbers = { metrics: { large: 1.5e17, larger: -1e300, small: 5e-324, "10": 1, "9": 0 } };
  const cells: LockedCells = {
    a: { key: hex, status: "ok", outputs: { metrics: `blob:${hex}` }, numbers },
  };
  writeLockFile(path, "default", cells);
  assert.deepEqual(readLockFile(path, "default"), cells);
});

Deno.test("writeLockFile() writes the repository's own file as it is, and `deno fmt` leaves it so", async () => {
  await using folder = await temporaryFolder();
  const committed = await Deno.readTextFile(new URL(NAME, ROOT));
  const path = `${folder.path}/${NAME}`;
  for (const [profile, cells] of Object.entries(JSON.parse(committed).profiles)) {
    writeLockFile(path, profile, cells as LockedCells);
  }
  assert.ok(await Deno.readTextFile(path) === committed, "write it again with `basin lock`");
  const { fmt } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  assert.ok(fmt.exclude.includes(NAME));
});
