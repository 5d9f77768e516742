import assert from "node:assert/strict";
import { paceOf } from "../../lib/study/pace.ts";

Deno.test("paceOf() counts an epoch's steps alone, and from the first step of a resumed one", () => {
  let time = 0;
  const pace = paceOf(() => time);
  const at = (milliseconds: number, seen: number) => {
    time = milliseconds;
    return pace.step(seen);
  };
  assert.equal(at(1000, 640), undefined, "resumed: nothing is known of the time before");
  assert.equal(at(2000, 740), 100);
  time = 5000; // evaluation
  pace.begin();
  assert.equal(at(6000, 300), 300);
  assert.equal(at(7000, 500), 250);
});
