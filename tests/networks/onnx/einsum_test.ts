import assert from "node:assert/strict";
import { referenceEngine } from "../../../lib/engine/reference/engine.ts";
import { placeholder } from "../../../lib/graph/ops/leaf.ts";
import { sizeOf } from "../../../lib/graph/shape.ts";
import { nodeOf } from "../../../lib/networks/onnx/node.ts";
import { graphOperand, plain } from "../../../lib/networks/onnx/operand.ts";
import { EINSUM_RULES } from "../../../lib/networks/onnx/ops/einsum.ts";
import type { RuleContext } from "../../../lib/networks/onnx/rule.ts";
import { assertClose } from "../../support/assert_close.ts";

const CONTEXT: RuleContext = {
  opset: 20,
  declaredShapes: undefined,
  innerAxes: new Set(),
  tensors: new Map(),
  batchMoments: false,
  fixed: () => assert.fail("no tensor is known"),
};

/** The graph of an equation on factors of these shapes. */
function graphOf(equation: string, shapes: readonly number[][]) {
  const node = nodeOf(
    {
      opType: "Einsum",
      name: "e",
      domain: "",
      input: shapes.map((_, k) => `x${k}`),
      output: ["y"],
      attribute: [{ name: "equation", s: new TextEncoder().encode(equation) }],
    } as unknown as Parameters<typeof nodeOf>[0],
    () => new Uint8Array(),
  );
  const factors = shapes.map((shape, k) => graphOperand(placeholder(`x${k}`, shape)));
  const [result] = EINSUM_RULES.Einsum!.graph!(factors, node, CONTEXT);
  assert.ok(result && result.host === undefined);
  return plain(result);
}

const entriesOf = (shape: readonly number[], k: number) =>
  Float64Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(1 + i * (k + 1)));

/** Σ over all indices, letter by letter. */
function byHand(
  axes: readonly string[],
  result: string,
  extents: Readonly<Record<string, number>>,
  factors: readonly { readonly shape: readonly number[]; readonly data: Float64Array }[],
): Float64Array {
  const letters = Object.keys(extents);
  const at = (index: Readonly<Record<string, number>>, own: string, shape: readonly number[]) =>
    [...own].reduce((flat, letter, axis) =>
      // An axis of one entry is repeated.
      flat * shape[axis]! + (shape[axis] === 1 ? 0 : index[letter]!), 0);
  const shape = [...result].map((letter) => extents[letter]!);
  const total = new Float64Array(sizeOf(shape));
  const visit = (index: Record<string, number>, rest: readonly string[]): void => {
    const [letter, ...others] = rest;
    if (letter === undefined) {
      total[at(index, result, shape)]! += factors.reduce(
        (product, factor, k) => product * factor.data[at(index, axes[k]!, factor.shape)]!,
        1,
      );
      return;
    }
    for (let i = 0; i < extents[letter]!; i++) visit({ ...index, [letter]: i }, others);
  };
  visit({}, letters);
  return total;
}

Deno.test("Einsum gives the sums that its equation says", async () => {
  const extents = { a: 2, b: 3, c: 4, d: 2 };
  const cases: [string, number[][], string[], string][] = [
    ["ab,bc->ac", [[2, 3], [3, 4]], ["ab", "bc"], "ac"],
    ["ab, cb -> ca", [[2, 3], [4, 3]], ["ab", "cb"], "ca"],
    ["ab,ab->", [[2, 3], [2, 3]], ["ab", "ab"], ""],
    ["ab,ab->ba", [[2, 3], [2, 3]], ["ab", "ab"], "ba"],
    ["b,c->bc", [[3], [4]], ["b", "c"], "bc"],
    ["abc,cd->abd", [[2, 3, 4], [4, 2]], ["abc", "cd"], "abd"],
    // Letters of one factor alone are summed before.
    ["abc,bd->d", [[2, 3, 4], [3, 2]], ["abc", "bd"], "d"],
    // Without an arrow: letters that stand once, in alphabetical order.
    ["cb,ba", [[4, 3], [3, 2]], ["cb", "ba"], "ac"],
    ["ba", [[3, 2]], ["ba"], "ab"],
    // Several factors, and one.
    ["ab,bc,cd->ad", [[2, 3], [3, 4], [4, 2]], ["ab", "bc", "cd"], "ad"],
    ["ab,ab,ab->a", [[2, 3], [2, 3], [2, 3]], ["ab", "ab", "ab"], "a"],
    ["abc->b", [[2, 3, 4]], ["abc"], "b"],
    // Diagonals.
    ["ada->", [[2, 2, 2]], ["ada"], ""],
    ["bcc,c->b", [[3, 4, 4], [4]], ["bcc", "c"], "b"],
    // An ellipsis, of other widths too; one entry is repeated.
    ["...b,bc->...c", [[2, 2, 3], [3, 4]], ["adb", "bc"], "adc"],
    ["...b,...b->...", [[2, 2, 3], [2, 3]], ["adb", "db"], "ad"],
    ["...b,...c", [[2, 3], [1, 4]], ["ab", "ac"], "abc"],
    ["a...->...", [[2, 3, 4]], ["abc"], "bc"],
    ["ab,bc->ac", [[2, 1], [3, 4]], ["ab", "bc"], "ac"],
  ];
  for (const [equation, shapes, axes, result] of cases) {
    const used = Object.fromEntries(
      Object.entries(extents).filter(([letter]) => axes.join("").includes(letter)),
    );
    const y = graphOf(equation, shapes);
    assert.deepEqual(y.shape, [...result].map((letter) => used[letter]!), equation);
    const factors = shapes.map((shape, k) => ({ shape, data: entriesOf(shape, k) }));
    await using session = await referenceEngine().load({ f: { outputs: { y } } });
    const found = await session.run(
      "f",
      Object.fromEntries(factors.map(({ data }, k) => [`x${k}`, data])),
    );
    // Some twenty products in float64.
    assertClose(found.y!, byHand(axes, result, used, factors), {
      relative: 1e-12,
      absolute: 1e-13,
    });
  }
});

Deno.test("Einsum says what does not fit its equation", () => {
  const wrongs: [string, number[][], RegExp][] = [
    ["ab,bc->ac", [[2, 3]], /its equation "ab,bc->ac" is of 2 factors, got 1/],
    ["ab->a", [[2, 3, 4]], /does not fit a factor of 3 axes: ab/],
    ["abc->a", [[2, 3]], /does not fit a factor of 2 axes: abc/],
    ["ab,bc->ac", [[2, 3], [4, 2]], /its axis b has 3 and 4 entries/],
    ["aa->a", [[2, 3]], /its axes a have 2 and 3 entries/],
    ["ab->c", [[2, 3]], /"ab->c" has a result that its factors do not give/],
    ["ab->aa", [[2, 3]], /has a result that its factors do not give/],
  ];
  for (const [equation, shapes, message] of wrongs) {
    assert.throws(() => graphOf(equation, shapes), { name: "RangeError", message }, equation);
  }
});
