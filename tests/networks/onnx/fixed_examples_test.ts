import assert from "node:assert/strict";
import { lossNamed } from "../../../lib/losses/losses.ts";
import { importOnnx } from "../../../lib/networks/onnx/onnx_network.ts";
import { floatTensor, type OddNode, onnxFile, wholeTensor } from "../../support/onnx_file.ts";
import { assertClose } from "../../support/assert_close.ts";
import { onnxOutputs } from "../../support/onnx_outputs.ts";

/** Some nodes from x of 6 features to y, for so many examples, or any number. */
function imported(
  examples: number | "N",
  nodes: readonly OddNode[],
  shapes: Readonly<Record<string, readonly number[]>> = {},
) {
  const bytes = onnxFile({
    nodes,
    tensors: [
      floatTensor("w", [6, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
      floatTensor("v", [3, 2], [1, -2, 3, -4, 5, -6]),
      floatTensor("token", [1, 1, 3], [7, 8, 9]),
      ...Object.entries(shapes).map(([name, shape]) => wholeTensor(name, [shape.length], shape)),
    ],
    inputs: [{ name: "x", shape: [examples, 6] }],
    outputs: [{ name: "y", shape: [examples, 2] }],
  });
  return importOnnx("a.onnx", bytes, { dataShape: [6], loss: lossNamed("mean-squared-error") });
}

const X = [...Array(30).keys()].map((i) => Math.sin(i));

const reshape = (from: string, shape: string, to: string): OddNode => ({
  op: "Reshape",
  inputs: [from, shape],
  outputs: [to],
});
const product = (from: string, by: string, to: string): OddNode => ({
  op: "MatMul",
  inputs: [from, by],
  outputs: [to],
});
const held = (name: string, shape: readonly number[]): OddNode => ({
  op: "Constant",
  inputs: [],
  outputs: [name],
  tensors: { value: wholeTensor(name, [shape.length], shape) },
});

Deno.test("withFreeExamples() takes any number of examples where shapes have the file's", async () => {
  const cases: [OddNode[], (n: number) => Record<string, number[]>][] = [
    [[reshape("x", "s", "z"), product("z", "w", "y")], (n) => ({ s: [n, 6] })],
    [[reshape("x", "s", "z"), product("z", "w", "y")], (n) => ({ s: [n, -1] })],
    // Rows of all examples, and back.
    [
      [reshape("x", "s", "z"), product("z", "v", "q"), reshape("q", "t", "y")],
      (n) => ({ s: [2 * n, 3], t: [n, 4] }),
    ],
    // A class token before the rows of each example.
    [
      [
        { op: "Expand", inputs: ["token", "e"], outputs: ["c"] },
        reshape("x", "s", "z"),
        { op: "Concat", inputs: ["c", "z"], outputs: ["all"], ints: { axis: 1 } },
        product("all", "v", "q"),
        reshape("q", "t", "y"),
      ],
      (n) => ({ s: [n, 2, 3], e: [n, 1, 3], t: [n, 6] }),
    ],
    // Zeros for each example.
    [
      [
        { op: "ConstantOfShape", inputs: ["e"], outputs: ["c"] },
        reshape("x", "s", "z"),
        { op: "Concat", inputs: ["c", "z"], outputs: ["all"], ints: { axis: 1 } },
        product("all", "v", "q"),
        reshape("q", "t", "y"),
      ],
      (n) => ({ s: [n, 2, 3], e: [n, 1, 3], t: [n, 6] }),
    ],
  ];
  for (const [nodes, shapesFor] of cases) {
    const what = nodes.map(({ op }) => op).join();
    const wanted = await onnxOutputs(imported(5, nodes, shapesFor(5)), X, 5);
    for (const examples of [2, 3, 4]) {
      const model = imported(examples, nodes, shapesFor(examples));
      assert.equal(model.declaredBatch, examples);
      assertClose(await onnxOutputs(model, X, 5), wanted, { relative: 1e-12 });
      const one = await onnxOutputs(model, X.slice(0, 6), 1);
      assertClose(one, wanted.slice(0, wanted.length / 5), { relative: 1e-12 });
      assert.doesNotMatch(model.understood.join(), /any examples/, what);
    }
  }
  // The shape may stand in a node.
  const inNode = [held("s", [4, 6]), reshape("x", "s", "z"), product("z", "w", "y")];
  const open = [reshape("x", "s", "z"), product("z", "w", "y")];
  const wanted = await onnxOutputs(imported("N", open, { s: [-1, 6] }), X, 5);
  assert.deepEqual(await onnxOutputs(imported(4, inNode), X, 5), wanted);
});

Deno.test("withFreeExamples() leaves shapes that have nothing to do with the examples", async () => {
  // Four examples, and four entries of something else.
  const nodes: OddNode[] = [
    reshape("w", "s", "u"),
    reshape("u", "t", "w2"),
    product("x", "w2", "y"),
  ];
  const plain = await onnxOutputs(imported("N", [product("x", "w", "y")]), X, 5);
  const found = await onnxOutputs(imported(4, nodes, { s: [4, 3], t: [6, 2] }), X, 5);
  assert.deepEqual(found, plain);
});

Deno.test("importOnnx() says what to do where it cannot free the number of examples", () => {
  const nodes: OddNode[] = [
    reshape("x", "s", "z"),
    { op: "Transpose", inputs: ["z"], outputs: ["t"] },
    reshape("t", "u", "v1"),
    product("v1", "w", "y"),
  ];
  assert.throws(
    () => imported(4, nodes, { s: [4, 6], u: [3, 8] }),
    /it cannot give \[6, 5\] the shape \[3, 8\]; the file has the number of examples fixed at 4: export it with an open axis of them/,
  );
});
