import assert from "node:assert/strict";
import { contest, hasWon, type Heat, isDecided, ROUNDS } from "../../lib/tuning/contest.ts";
import { stream } from "../../lib/random/stream.ts";

/** Ratios about a value, with noise of a standard deviation; as many as a heat that is not cut short. */
function noisy(trial: number, centre: number, deviation: number): number[] {
  const normals = new Float64Array(ROUNDS);
  stream(trial, "contest noise").fillNormal(normals, 0);
  return Array.from(normals, (z) => centre * Math.exp(deviation * z));
}

/** In how many of a thousand heats a challenger wins. */
function wins(centre: number, deviation: number): number {
  return Array.from(
    { length: 1000 },
    (_, trial) => hasWon({ ratios: noisy(trial, centre, deviation) }),
  )
    .filter(Boolean).length;
}

Deno.test("hasWon() never takes noise for a gain, and finds a clear gain behind noise", () => {
  // The median of nine has a deviation of some 0.42 times that of one; nine wins by chance are 1/512.
  assert.equal(wins(1, 0.03), 0);
  assert.ok(wins(0.98, 0.03) <= 5, `${wins(0.98, 0.03)} of 1000`);
  assert.ok(wins(0.85, 0.03) > 990, `${wins(0.85, 0.03)} of 1000`);
  // On the threshold itself it is a toss, as nowhere else.
  assert.ok(wins(0.95, 0.01) > 400 && wins(0.95, 0.01) < 600, `${wins(0.95, 0.01)} of 1000`);
});

Deno.test("hasWon() keeps the champion at a tie, after one lost round, and after a heat cut short", () => {
  const won = Array<number>(ROUNDS).fill(0.8);
  assert.equal(hasWon({ ratios: won }), true);
  assert.equal(hasWon({ ratios: won.map(() => 1) }), false);
  assert.equal(hasWon({ ratios: won.with(3, 1.4) }), false);
  assert.equal(hasWon({ ratios: won.slice(1) }), false);
  assert.equal(hasWon({ ratios: won, failure: "it did not end" }), false);
  assert.equal(hasWon({ ratios: [], failure: "it does not start" }), false);
  assert.equal(hasWon({ ratios: won.with(0, NaN) }), false);
});

Deno.test("isDecided() ends a heat with the first lost round", () => {
  assert.equal(isDecided([]), false);
  assert.equal(isDecided([0.9, 0.99]), false);
  assert.equal(isDecided([0.9, 1]), true);
  assert.equal(isDecided([NaN]), true);
  assert.equal(isDecided(Array<number>(ROUNDS).fill(0.9)), true);
});

Deno.test("contest() lets each challenger meet the champion of its time, past those that fail", async () => {
  const met: string[] = [];
  const times: Record<string, number> = { off: 10, broken: 1, fast: 8, alike: 7.9, faster: 6 };
  const measure = (challenger: string, champion: string): Promise<Heat> => {
    met.push(`${challenger} ${champion}`);
    if (challenger === "broken") return Promise.resolve({ ratios: [0.1], failure: "it crashed" });
    const ratio = times[challenger]! / times[champion]!;
    return Promise.resolve({ ratios: Array<number>(ROUNDS).fill(ratio) });
  };
  const { champion, heats } = await contest("off", ["broken", "fast", "alike", "faster"], measure);
  assert.equal(champion, "faster");
  assert.deepEqual(met, ["broken off", "fast off", "alike fast", "faster fast"]);
  assert.deepEqual(heats.map(({ hasWon }) => hasWon), [false, true, false, true]);
});
