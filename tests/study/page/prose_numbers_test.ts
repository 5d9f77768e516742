import assert from "node:assert/strict";
import { artifactsNamed, proseFaults } from "../../../lib/study/page/prose_numbers.ts";

/** The faults of a section that has one table, of 66.67, 0.5, 60 000 and 2.5e-3. */
function faultsOf(prose: string, artifacts?: ReadonlyMap<string, string>): string[] {
  const table = "<!-- numbers: view/_profile/small/tables/tables/table3.md -->\n\n" +
    "| φ | 66.67 ± 0.50 | 60 000 | 2.5e-3 |\n\n<!-- end of numbers -->\n";
  const documents = new Map([
    ["docs/a.md", `# A\n${table}${prose}\n`],
    ["docs/b.md", "## Other place\n<!-- numbers: x.md -->\n31.4\n<!-- end of numbers -->\n"],
    ["README.md", "# Top\nNo table.\n"],
  ]);
  const studies = new Map([["small", "params: { train: 1234 }"], ["large", "train: 56789"]]);
  return proseFaults("docs/a.md", { documents, studies, ...artifacts && { artifacts } })
    .map(({ line, message }) => `${line}: ${message}`);
}

/** The prose stands in the seventh line. */
const lacks = (number: string) => new RegExp(`^7: ${number} stands in no table of its section`);

Deno.test("proseFaults() takes a number of a table, rounded or not", () => {
  for (const number of ["66.67", "66.7", "67", "0.50", "0.5", "60 000", "2.5e-3", "0.0025"]) {
    assert.deepEqual(faultsOf(`It is ${number} %.`), [], number);
  }
  for (
    const number of [
      "66.68",
      "66.6",
      "66",
      "0.4",
      "61 000",
      "2.6e-3",
      "66.670001",
      "0.500",
      "66.670",
    ]
  ) {
    const faults = faultsOf(`It is ${number} %.`);
    assert.equal(faults.length, 1, number);
    assert.match(faults[0]!, lacks(number));
  }
});

Deno.test("proseFaults() counts as numbers what states a quantity alone", () => {
  for (
    const prose of [
      "three of ten, 3 of 10, in 2017",
      "CIFAR-100, F12, x₁₂, 10¹², Metric 2.1, Table 14, figure 77, v2.9.6",
      "`--eps 12.3` and [a link](https://example.org/12.3)",
      "```\n12.3\n```",
      "<!-- a remark: 12.3 -->",
    ]
  ) assert.deepEqual(faultsOf(prose), [], prose);
  for (const prose of ["(12.3)", "to −12.3.", "12.3–", "12.3 %,", "a factor of 12.3; and"]) {
    assert.match(faultsOf(prose).join(), lacks("12.3"), prose);
  }
  assert.match(faultsOf("of 11 and").join(), lacks("11"));
  assert.match(faultsOf("of 2 017 and").join(), lacks("2 017"));
  assert.match(faultsOf("of 2048 and").join(), lacks("2048"));
});

Deno.test("proseFaults() takes the numbers of a study that the section names", () => {
  assert.deepEqual(faultsOf("1 234 digits"), []);
  assert.match(faultsOf("56 789 digits").join(), lacks("56 789"));
  assert.deepEqual(faultsOf("56 789 digits (`--profile large`)"), []);
});

Deno.test("proseFaults() takes the tables of a section that is linked to or quoted", () => {
  assert.match(faultsOf("31.4").join(), lacks("31.4"));
  assert.deepEqual(faultsOf("31.4, [there](b.md#other-place)"), []);
  assert.deepEqual(faultsOf("31.4\n<!-- quotes: #a, b.md#other-place, ../README.md#top -->"), []);
  assert.deepEqual(faultsOf("<!-- quotes: b.md#none, c.md#top, b.md#other -->"), [
    "7: quotes b.md#none, which is no section; name FILE#anchor",
    "7: quotes c.md#top, which is no section; name FILE#anchor",
    "7: quotes b.md#other, which is no section; name FILE#anchor",
  ]);
});

Deno.test("proseFaults() computes what is derived, from numbers that stand there alone", () => {
  const at = (equation: string) => faultsOf(`<!-- derived: ${equation} -->\n\n133.3 and 33`);
  assert.deepEqual(at("133.3 = 2 * 66.67; 33 = 100 * (1 - 66.67 / 100)"), []);
  assert.match(
    at("133.4 = 2 * 66.67; 33 = 33").join(),
    /^7: derives 133.4, but 2 \* 66.67 is 133.34,/,
  );
  assert.match(at("133.3 = 2 * 66.66").join(), /^7: derives 133.3 from 66.66, in no table here/);
  assert.match(at("133.3 = 2 *").join(), /^7: Cannot evaluate "2 \*"/);
  assert.match(at("133.3").join(), /^7: Cannot evaluate ""/);
  // 0.13 − 0.125 exceeds 0.005 by rounding in float64.
  assert.deepEqual(faultsOf("<!-- derived: 0.13 = 1 / 8; 0.12 = 1 / 8 -->\n\n0.13, 0.12"), []);
  // One derived number may rest on another that stands before it.
  assert.deepEqual(at("133.3 = 2 * 66.67; 33 = 133.3 / 4"), []);
});

Deno.test("proseFaults() takes what is stated with a reason, and no other", () => {
  assert.deepEqual(
    faultsOf("12.3, 14 and 15\n<!-- stated: 12.3 (a guess), 14, 15 (two more) -->"),
    [],
  );
  assert.deepEqual(faultsOf("12.3, 14 and 15\n<!-- stated: all (of another machine) -->"), []);
  const faults = faultsOf("<!-- stated: 12.3 (a guess), 14 -->\n\n14");
  assert.match(faults[0]!, /^7: states 12.3 \(a guess\), 14, not all of it with a reason/);
  assert.match(faults[1]!, /^9: 14 stands in no table/);
  assert.match(faultsOf("<!-- stated: all -->\n\n14").join(), /^7: states all, not .*9: 14 stands/);
});

Deno.test("proseFaults() looks into a file of the artifacts where there are any", () => {
  const prose = "1.95\n<!-- from view/r.json: 1.95 -->";
  assert.deepEqual(artifactsNamed(prose), ["view/r.json"]);
  assert.deepEqual(faultsOf(prose), []);
  assert.deepEqual(faultsOf(prose, new Map([["view/r.json", '{"ratio":1.9499}']])), []);
  const other = new Map([["view/r.json", "1.94"]]);
  assert.match(faultsOf(prose, other)[0]!, /^8: takes 1.95 from view\/r.json, which has no such/);
  // Where nobody has computed it yet, the number is not said to be wrong, too.
  assert.deepEqual(faultsOf(prose, new Map()), [
    "8: takes 1.95 from view/r.json, which is not there; `deno task pipeline` makes it",
  ]);
});
