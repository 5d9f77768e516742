import assert from "node:assert/strict";
import { join } from "node:path";
import { type Attempt, startAttempt } from "../../../lib/pipeline/store/attempt.ts";
import { findGarbage, type Roots } from "../../../lib/pipeline/store/garbage.ts";
import { layoutOf, prepareLayout } from "../../../lib/pipeline/store/layout.ts";
import { tryLock } from "../../../lib/pipeline/store/lock.ts";
import { objectPath, putFile } from "../../../lib/pipeline/store/objects.ts";
import { publish } from "../../../lib/pipeline/store/publish.ts";
import { KEY_DOCUMENT } from "../../support/key_document.ts";

const [PLANNED, STRANGE, RUNNING] = ["a", "b", "c"].map((letter) => letter.repeat(64)) as [
  string,
  string,
  string,
];

/** A store with one result of each key, whose output is the key's own. */
async function storeWith(...keys: string[]) {
  const root = await Deno.makeTempDir({ prefix: "basin-garbage-" });
  const layout = layoutOf(join(root, "artifacts"));
  prepareLayout(layout);
  const written = (attempt: Attempt, text: string) => {
    const path = join(attempt.work, "out");
    Deno.writeTextFileSync(path, text);
    return path;
  };
  for (const key of keys) {
    const attempt = startAttempt(layout, key, KEY_DOCUMENT, new Date());
    written(attempt, key);
    publish(layout, attempt, [{ name: "out", path: "out", kind: "file" }], {
      key,
      status: "ok",
      seconds: 1,
    });
  }
  return {
    layout,
    /** An output whose record is not there yet. */
    unnamed(key: string) {
      const path = written(startAttempt(layout, key, KEY_DOCUMENT, new Date()), `of ${key}`);
      return objectPath(layout, putFile(layout, path).digest);
    },
    /** Nothing is too young to go. */
    garbage: (roots: Partial<Roots> = {}) =>
      findGarbage(layout, {
        keys: new Set(),
        pending: new Set(),
        now: Date.now() + 1000,
        keep: 0,
        ...roots,
      }),
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

Deno.test("findGarbage() keeps a result that was pending when the roots were gathered", async () => {
  await using store = await storeWith(PLANNED, STRANGE);
  const { records, objects, attempts } = store.garbage({ pending: new Set([PLANNED]) });
  assert.deepEqual(records, [store.layout.record(STRANGE)]);
  assert.deepEqual([objects.length, attempts], [1, [store.layout.attempts(STRANGE)]]);
  assert.equal(store.garbage().records.length, 2);
});

Deno.test("findGarbage() has the attempts at what is pending and has no result", async () => {
  await using store = await storeWith();
  store.unnamed(PLANNED); // an attempt that failed
  const { attempts } = store.garbage({ pending: new Set([PLANNED]) });
  assert.deepEqual(attempts, [store.layout.attempts(PLANNED)]);
});

Deno.test("findGarbage() keeps what has come since the oldest lock that is held, before a record names it", async () => {
  await using store = await storeWith();
  const before = store.unnamed(STRANGE);
  const lock = tryLock(store.layout.lock(RUNNING))!;
  lock.describe({ pid: Deno.pid, attempt: "cccccccccccc/first" });
  // The clock of files may stand still for some milliseconds.
  const later = new Date(Date.now() + 500);
  await Deno.utime(store.layout.lock(RUNNING), later, later);
  const during = store.unnamed(RUNNING);
  const latest = new Date(later.getTime() + 500);
  await Deno.utime(during, latest, latest);
  const roots = { now: Date.now() + 10_000 };
  assert.deepEqual(store.garbage(roots).objects, [before]);
  lock.release();
  assert.deepEqual(store.garbage(roots).objects.toSorted(), [before, during].toSorted());
});
