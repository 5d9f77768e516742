import assert from "node:assert/strict";
import { timeLimits } from "../../../lib/pipeline/run/time_limits.ts";

/** Timers that end when they are told to. */
class FakeTimers implements Disposable {
  readonly #known = { setTimeout, clearTimeout };
  readonly #waiting = new Map<number, { readonly at: number; readonly act: () => void }>();
  #now = 0;
  #last = 0;

  constructor() {
    const set = (act: () => void, milliseconds = 0) => {
      assert.ok(milliseconds <= 2 ** 31 - 1, "a longer timer ends at once");
      this.#waiting.set(++this.#last, { at: this.#now + milliseconds, act });
      return this.#last;
    };
    Object.assign(globalThis, {
      setTimeout: set,
      clearTimeout: (timer: number) => void this.#waiting.delete(timer),
    });
  }

  /** Lets days go by. */
  pass(days: number): void {
    const end = this.#now + days * 86_400_000;
    while (true) {
      const [next] = [...this.#waiting].sort(([, a], [, b]) => a.at - b.at);
      if (!next || next[1].at > end) break;
      this.#waiting.delete(next[0]);
      this.#now = next[1].at;
      next[1].act();
    }
    this.#now = end;
  }

  [Symbol.dispose](): void {
    Object.assign(globalThis, this.#known);
  }
}

const DAY = 86_400;

Deno.test("timeLimits() waits for weeks where a stage may take so long", () => {
  using timers = new FakeTimers();
  const said: string[] = [];
  const limits = timeLimits({ timeout: 60 * DAY, stall: 40 * DAY }, (why) => said.push(why));
  timers.pass(39);
  assert.deepEqual(said, []);
  limits.alive();
  timers.pass(20);
  assert.deepEqual(said, []);
  timers.pass(2);
  assert.equal(said.length, 1);
  assert.match(said[0]!, /^It ran longer than its `timeout` of 1440 h/);
  timers.pass(100);
  assert.equal(said.length, 1, "told once");
});

Deno.test("timeLimits() ends what says nothing for too long, and nothing after it is cleared", () => {
  using timers = new FakeTimers();
  const said: string[] = [];
  const limits = timeLimits({ timeout: 90 * DAY, stall: 30 * DAY }, (why) => said.push(why));
  timeLimits({ timeout: 60, stall: 60 }, (why) => said.push(why)).clear();
  timers.pass(29);
  limits.alive();
  timers.pass(29);
  assert.deepEqual(said, []);
  timers.pass(2);
  assert.match(said.join(), /^No progress for 720 h 0 min, which is its `stall`$/);
});
