import assert from "node:assert/strict";
import { networksTable, type NetworkTimes } from "./networks_table.ts";

const ALL = { gradient: 4, gradientCopied: 5, step: 6, hessian: 10, hessians: 30 };

/** A million weights, products of 1e9 multiply-adds, and two rounds. */
const TIMES: NetworkTimes = {
  network: "F1",
  batch: 256,
  dimension: 1e6,
  multiplyAdds: { gradient: 1e9, gradientCopied: 1e9, step: 1e9, hessian: 2e9, hessians: 8e9 },
  rounds: [1, 3].map((slower) => ({
    ours: Object.fromEntries(
      Object.entries(ALL).map(([task, time]) => [task, time * slower]),
    ) as typeof ALL,
    rate: 5e8 / slower,
    bandwidth: 4e7 / slower,
    peers: { Peer: { gradient: { "": 8 * slower }, step: { slow: 9 * slower, fast: 3 * slower } } },
  })),
};

Deno.test("networksTable() has the floor of products and bytes, and ratios within a round", () => {
  const rows = networksTable([TIMES], ["Peer"]).split("\n").map((row) => row.split(/ {2,}/));
  // Two vectors of 4 MB at 40 MB a millisecond are 0.2 ms, the products 2 ms; ADAM's nine are 0.9.
  assert.deepEqual(rows[1]!.slice(1), [
    "gradient, kept inside",
    ...cells("8.00 2.00 8 4.40 1.82× 2.00×"),
  ]);
  assert.deepEqual(rows[3]!.slice(1), [
    "ADAM step",
    ...cells("12.00 2.00 36 5.80 2.07× 0.50× fast"),
  ]);
  assert.deepEqual(rows[5]!.slice(1), ["Hv, 4 at once", ...cells("60.00 16.00 36 33.80 1.78× –")]);
});

Deno.test("networksTable() has dashes for a task that there was no time for", () => {
  const rounds = TIMES.rounds.map(({ ours: { hessians: _, ...ours }, ...rest }) => ({
    ...rest,
    ours,
  }));
  const rows = networksTable([{ ...TIMES, rounds }], ["Peer"]).split("\n");
  assert.deepEqual(rows[5]!.split(/ {2,}/).slice(1), [
    "Hv, 4 at once",
    ...cells("– 16.00 36 33.80 – –"),
  ]);
  assert.equal(rows[4], networksTable([TIMES], ["Peer"]).split("\n")[4]);
});

function cells(text: string): string[] {
  return text.split(" ");
}
