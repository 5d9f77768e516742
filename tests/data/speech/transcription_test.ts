import assert from "node:assert/strict";
import { UNLABELLED } from "../../../lib/data/speech/frame_windows.ts";
import { phoneStates } from "../../../lib/data/speech/phone_states.ts";
import { phoneNumber, PHONES } from "../../../lib/data/speech/phones.ts";
import { parsePhn } from "../../../lib/data/speech/phn.ts";
import { damage } from "../../support/damage.ts";

const TEXT = "0 2260 h#\n2260 4149 sh\n4149 5000 q\n5200 6000 iy\r\n";

Deno.test("PHONES are 61, of which scoring tells 39 apart", () => {
  assert.equal(new Set(PHONES).size, 61);
  const numbers = PHONES.map((phone) => phoneNumber(phone, 39));
  assert.deepEqual(PHONES.filter((_, i) => numbers[i] === undefined), ["q"]);
  assert.deepEqual(
    [...new Set(numbers)].filter((n) => n !== undefined).sort((a, b) => a - b),
    Array.from({ length: 39 }, (_, i) => i),
  );
  assert.deepEqual(PHONES.map((phone) => phoneNumber(phone, 61)), [...PHONES.keys()]);
  const silence = ["bcl", "dcl", "gcl", "pcl", "tcl", "kcl", "pau", "epi", "h#"];
  assert.equal(new Set(silence.map((phone) => phoneNumber(phone, 39))).size, 1);
  assert.throws(() => phoneNumber("xx", 61), /^SyntaxError: Cannot number the phone "xx"/);
});

Deno.test("parsePhn() reads segments", () => {
  assert.deepEqual(parsePhn("a.PHN", TEXT), [
    { start: 0, end: 2260, phone: "h#" },
    { start: 2260, end: 4149, phone: "sh" },
    { start: 4149, end: 5000, phone: "q" },
    { start: 5200, end: 6000, phone: "iy" },
  ]);
});

Deno.test("parsePhn() names the line that is wrong", () => {
  const wrongs: [string, RegExp][] = [
    ["", /it has no segments/],
    ["0 100\n", /line 1, "0 100", is no start, end and phone/],
    ["0 100 h#\n100 200 xx\n", /line 2, "100 200 xx", has an unknown phone/],
    ["0 100 h#\n90 200 sh\n", /line 2, "90 200 sh", begins before the last one ended/],
    ["100 100 h#\n", /line 1, .* ends before it begins/],
  ];
  for (const [text, message] of wrongs) assert.throws(() => parsePhn("a.PHN", text), message);
  for (const { what, bytes } of damage(new TextEncoder().encode(TEXT), 7, 60)) {
    try {
      assert.ok(parsePhn("a.PHN", new TextDecoder().decode(bytes)).length > 0, what);
    } catch (error) {
      assert.ok(error instanceof SyntaxError, `${what}: ${error}`);
      assert.match(error.message, /^Cannot read a\.PHN: /);
    }
  }
});

Deno.test("phoneStates() gives a frame the third of the segment in which its middle lies", () => {
  const segments = parsePhn("a.PHN", TEXT);
  const states = (set: 61 | 39) => [...phoneStates(segments, 37, set)];
  const [silence, sh, q, iy] = ["h#", "sh", "q", "iy"].map((phone) => 3 * PHONES.indexOf(phone));
  // Middles are at 200 + 160 t; thirds of h# end at 753.3, 1506.7 and 2260, and so on.
  assert.deepEqual(
    states(61),
    [
      ...[0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2].map((state) => silence! + state), // 200 … 2120
      ...[0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2].map((state) => sh! + state), // 2280 … 4040
      ...[0, 0, 1, 1, 2].map((state) => q! + state), // 4200 … 4840
      UNLABELLED, // 5000 … 5160
      UNLABELLED,
      ...[0, 1, 1, 2, 2].map((state) => iy! + state), // 5320 … 5960
    ],
  );
  assert.ok(states(39).slice(25, 30).every((label) => label === UNLABELLED)); // q
  assert.equal(new Set(states(39)).size, 10); // three phones of three states, and none
});
