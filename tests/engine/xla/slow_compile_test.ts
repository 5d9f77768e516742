import assert from "node:assert/strict";
import { notingSlowness } from "../../../lib/engine/xla/slow_compile.ts";

Deno.test("notingSlowness() tells again and again while it waits, and stops with it", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const notes: string[] = [];
  const note = (line: string) => {
    notes.push(line);
    if (notes.length === 3) resolve("done");
  };
  assert.equal(await notingSlowness('compiling "f"', promise, note, { first: 1, next: 1 }), "done");
  assert.equal(notes.length, 3);
  assert.match(notes[0]!, /^compiling "f" for the device \(0 s\)$/);
});

Deno.test("notingSlowness() says nothing of what is quick, and passes a failure on", async () => {
  const notes: string[] = [];
  const note = (line: string) => void notes.push(line);
  assert.equal(await notingSlowness("x", Promise.resolve(1), note), 1);
  await assert.rejects(notingSlowness("x", Promise.reject(new Error("no")), note), /^Error: no$/);
  assert.deepEqual(notes, []);
});
