import assert from "node:assert/strict";
import { z } from "zod";
import { wantedBy } from "../../../lib/pipeline/config/issue_text.ts";

/** What the first issue of a value under a schema wants. */
function wanted(schema: z.ZodType, value: unknown): string | undefined {
  return wantedBy(schema.safeParse(value).error!.issues[0]!);
}

Deno.test("wantedBy() says in words what a schema wants", () => {
  const cases: [z.ZodType, unknown, string][] = [
    [z.number(), "x", "a number"],
    [z.int(), 0.5, "a whole number"],
    [z.boolean(), 0, "true or false"],
    [z.number().min(2), 1, "a number of at least 2"],
    [z.number().positive(), 0, "a number above 0"],
    [z.number().max(1), 2, "a number of at most 1"],
    [z.number().lt(1), 1, "a number below 1"],
    [z.string().min(1), "", "a text that is not empty"],
    [z.string().max(2), "abc", "a text of at most 2 characters"],
    [z.array(z.number()).min(1), [], "a list that is not empty"],
    [z.array(z.number()).min(2), [1], "a list of at least 2 entries"],
    [z.enum(["adam", "sgd"]), "x", '"adam" or "sgd"'],
    [z.union([z.literal(false), z.strictObject({ a: z.int() })]), 1, "false or a map"],
    [
      z.union([z.literal("none"), z.strictObject({ a: z.int() })]),
      { a: "x" },
      '"none" or a map of another kind',
    ],
  ];
  for (const [schema, value, expected] of cases) assert.equal(wanted(schema, value), expected);
});

Deno.test("wantedBy() leaves a schema its own words", () => {
  assert.equal(wanted(z.string().regex(/%$/, "want a share such as 10%"), "x"), undefined);
  assert.equal(wanted(z.number({ error: "want seconds" }), "x"), undefined);
});
