import assert from "node:assert/strict";
import { decodeTimeSeries } from "../../../lib/data/formats/time_series.ts";

const HEADER = `#A comment: with a colon
@problemName toy
@timeStamps false
@univariate false
@dimensions 2
@equalLength false
@classLabel true ann bob
@data
`;
const SERIES = "1,2,3:4,5,6:bob\n-0.5:1e2:ann\n";

/** The file with one part of it replaced; the part has to be there. */
function changed(from: string, to: string): string {
  const text = HEADER + SERIES;
  assert.ok(text.includes(from), from);
  return text.replace(from, to);
}

Deno.test("decodeTimeSeries() reads series of any length, frame by frame", () => {
  const { dimensions, classes, series } = decodeTimeSeries("toy", HEADER + SERIES);
  assert.equal(dimensions, 2);
  assert.deepEqual(classes, ["ann", "bob"]);
  assert.deepEqual(series, [
    { frames: Float32Array.of(1, 4, 2, 5, 3, 6), label: 1 },
    { frames: Float32Array.of(-0.5, 100), label: 0 },
  ]);
});

Deno.test("decodeTimeSeries() takes other line ends, blank lines, and files that leave out how many dimensions", () => {
  const whole = decodeTimeSeries("toy", HEADER + SERIES);
  for (
    const text of [
      (HEADER + SERIES).replaceAll("\n", "\r\n"),
      `\ufeff${HEADER}\n${SERIES.replace("\n", "\n\n# between\n")}`,
      changed("@dimensions 2\n", ""),
      changed("@classLabel", "@classlabel").replace("@data", "@DATA"),
    ]
  ) assert.deepEqual(decodeTimeSeries("toy", text), whole);
});

Deno.test("decodeTimeSeries() refuses what is not the format, with the line and the reason", () => {
  const wrong: [string, RegExp][] = [
    [
      "",
      /^SyntaxError: Cannot read toy: it has no line `@data`; write it again, or fetch it again$/,
    ],
    [changed("@data\n", ""), /it has no line `@data`/],
    [HEADER, /it has no series below `@data`/],
    [changed("@timeStamps false", "@timeStamps true"), /its values have time stamps; want values/],
    [changed("@classLabel true ann bob\n", ""), /its header names no classes; want a line/],
    [changed("true ann bob", "false"), /its header names no classes/],
    [changed("true ann bob", "true"), /its header names no classes/],
    [changed("4,5,6:bob", "4,5,6:eve"), /line 9 ends in no class; want one of ann, bob/],
    [changed(":ann", ""), /line 10 ends in no class/],
    [changed(":1e2", ""), /line 10 has 1 dimensions, want 2/],
    [changed("1e2:ann", "1e2:3:ann"), /line 10 has 3 dimensions, want 2/],
    [
      changed("@dimensions 2\n", "").replace(/1,2(.*\n)*/, "ann\n"),
      /line 8 has 0 dimensions, want 1/,
    ],
    [changed("4,5,6", "4,5"), /line 9 has 3 values in dimension 1 and 2 in dimension 2/],
    [changed("4,5,6", "4,?,6"), /line 9 has "\?" in dimension 2; want a finite number/],
    [changed("4,5,6", "4,,6"), /line 9 has "" in dimension 2; want a finite number/],
    [changed("1e2", "1e999"), /line 10 has "1e999" in dimension 2; want a finite number/],
    [changed("1e2", "NaN"), /line 10 has "NaN" in dimension 2/],
    [(HEADER + SERIES).slice(0, -9), /line 10 ends in no class/],
  ];
  for (const [text, message] of wrong) {
    assert.throws(() => decodeTimeSeries("toy", text), message, JSON.stringify(text));
  }
});
