import assert from "node:assert/strict";
import { referenceEngine } from "../../../lib/engine/reference/engine.ts";
import { placeholder } from "../../../lib/graph/ops/leaf.ts";
import { splitParameters } from "../../../lib/networks/flat.ts";
import { importOnnx, type OnnxOptions } from "../../../lib/networks/onnx/onnx_network.ts";
import { stream } from "../../../lib/random/stream.ts";
import {
  externalTensor,
  floatTensor,
  linearModel,
  type OddTensor,
  onnxFile,
  TYPE,
  wholeTensor,
} from "../../support/onnx_file.ts";

const imported = (bytes: Uint8Array, options: Partial<OnnxOptions> = {}) =>
  importOnnx("odd.onnx", bytes, { dataShape: [2], ...options });

/** Logits of these examples. */
async function logitsOf(bytes: Uint8Array, examples: readonly number[], count: number) {
  const { network, x } = imported(bytes);
  const input = placeholder("examples", [count, ...network.inputShape], network.inputType);
  const logits = network.logits(input, network.variables());
  await using session = await referenceEngine().load({ f: { outputs: { logits } } });
  const fixed = (network.fixed?.() ?? []).map(({ name, values }) => [name, values] as const);
  await session.assign({ ...splitParameters(network, x), ...Object.fromEntries(fixed) });
  const { logits: entries } = await session.run("f", { examples: Float64Array.from(examples) });
  return [...entries!];
}

/** A number as bytes of 16 bits, the upper half of its float32. */
const upperHalf = (number: number) => new Uint16Array(Float32Array.of(number).buffer)[1]!;

/** A number as bytes of IEEE half precision. */
function half(number: number): number {
  const view = new DataView(new ArrayBuffer(2));
  view.setFloat16(0, number, true);
  return view.getUint16(0, true);
}

/** Of both 16-bit formats; the last three are the least half, a subnormal one, and the largest. */
const HALVES = [1, -2, 0.375, 0, 2 ** -24, 3 * 2 ** -16, 65504, -0.25];

Deno.test("importOnnx() reads weights of every real type, packed or field by field", () => {
  const dims = [2, 4];
  const bytesOf = (array: Float64Array | Uint16Array) => new Uint8Array(array.buffer);
  const tensors: [string, OddTensor, readonly number[]][] = [
    ["raw half", {
      name: "w",
      dims,
      type: TYPE.float16,
      parts: [[9, bytesOf(Uint16Array.from(HALVES, half))]],
    }, HALVES],
    ["half in int32_data", {
      name: "w",
      dims,
      type: TYPE.float16,
      parts: HALVES.map((number) => [5, half(number)] as const),
    }, HALVES],
    ["raw bfloat16", {
      name: "w",
      dims,
      type: TYPE.bfloat16,
      parts: [[
        9,
        bytesOf(Uint16Array.from([1, -2, 0.375, 0, 2 ** -100, 3, 2 ** 90, -0.25], upperHalf)),
      ]],
    }, [1, -2, 0.375, 0, 2 ** -100, 3, 2 ** 90, -0.25]],
    ["raw double", {
      name: "w",
      dims,
      type: TYPE.double,
      parts: [[9, bytesOf(Float64Array.from(HALVES, (number) => number / 3))]],
    }, HALVES.map((number) => number / 3)],
  ];
  for (const [what, tensor, entries] of tensors) {
    const { network, x } = imported(linearModel({
      nodes: [{ op: "MatMul", inputs: ["x", "w"], outputs: ["y"] }],
      tensors: [tensor],
      outputs: [{ name: "y", shape: ["N", 4] }],
    }));
    assert.deepEqual([...x], entries, what);
    assert.equal(network.classes, 4);
  }
});

Deno.test("importOnnx() computes a linear model, by hand", async () => {
  // (1, 2) W + b and (0, −1) W + b.
  const expected = [9.5, 12, 14.5, -3.5, -5, -6.5];
  assert.deepEqual(await logitsOf(linearModel(), [1, 2, 0, -1], 2), expected);
});

Deno.test("importOnnx() slices shapes backwards, as PyTorch's exporter writes them for padding", async () => {
  // Reversed, [0, 1, 0, 0]: a zero before each example's two entries.
  const bytes = linearModel({
    nodes: [
      { op: "Slice", inputs: ["given", "start", "end", "axis", "step"], outputs: ["pads"] },
      { op: "Pad", inputs: ["x", "pads"], outputs: ["wide"] },
      { op: "MatMul", inputs: ["wide", "w"], outputs: ["y"] },
    ],
    tensors: [
      floatTensor("w", [3, 2], [100, 200, 1, 2, 10, 20]),
      wholeTensor("given", [4], [0, 0, 1, 0]),
      wholeTensor("start", [1], [-1]),
      wholeTensor("end", [1], [-9007199254740991]),
      wholeTensor("axis", [1], [0]),
      wholeTensor("step", [1], [-1]),
    ],
    outputs: [{ name: "y", shape: ["N", 2] }],
  });
  assert.deepEqual(await logitsOf(bytes, [1, 2], 1), [21, 42]);
});

Deno.test("importOnnx() leaves out what no node reads, and says so", () => {
  const { network, understood } = imported(linearModel({
    tensors: [
      floatTensor("w", [2, 3], [1, 2, 3, 4, 5, 6]),
      floatTensor("b", [3], [0.5, 0, -0.5]),
      floatTensor("left.over", [4], [1, 2, 3, 4]),
    ],
  }));
  assert.deepEqual(network.parameters.map(({ name }) => name), ["w", "b"]);
  assert.match(understood.join("\n"), /no node reads left\.over/);
});

Deno.test("importOnnx() takes initialisers that are inputs too, as before IR version 4", () => {
  const { network } = imported(linearModel({
    inputs: [
      { name: "x", shape: ["N", 2] },
      { name: "w", shape: [2, 3] },
      { name: "b", shape: [3] },
    ],
  }));
  assert.equal(network.dimension, 9);
});

Deno.test("importOnnx() takes a tensor that two nodes read for one", async () => {
  const bytes = linearModel({
    nodes: [
      { op: "MatMul", inputs: ["x", "w"], outputs: ["h"] },
      { op: "MatMul", inputs: ["h", "w"], outputs: ["y"] },
    ],
    tensors: [floatTensor("w", [2, 2], [1, 1, 0, 2])],
  });
  assert.equal(imported(bytes).network.dimension, 4);
  // W² = (1 3; 0 4).
  assert.deepEqual(await logitsOf(bytes, [1, 1], 1), [1, 7]);
});

Deno.test("importOnnx() frees a batch that the exporter has fixed at 1", async () => {
  const inputs = [{ name: "x", shape: [1, 2] }];
  const outputs = [{ name: "y", shape: [1, 3] }];
  assert.deepEqual(await logitsOf(linearModel({ inputs, outputs }), [1, 2, 0, -1], 2), [
    9.5,
    12,
    14.5,
    -3.5,
    -5,
    -6.5,
  ]);
  // Shapes with the batch written in, as tracing makes them of x.view(x.shape[0], …).
  for (const shape of [[1, 2, 1], [1, -1, 1], [-1, 2, 1]]) {
    const bytes = linearModel({
      inputs,
      outputs,
      nodes: [
        { op: "Reshape", inputs: ["x", "shape"], outputs: ["column"] },
        { op: "Transpose", inputs: ["column"], outputs: ["turned"], name: "turn" },
        { op: "Transpose", inputs: ["turned"], outputs: ["back"] },
        { op: "Reshape", inputs: ["back", "flat"], outputs: ["rows"] },
        { op: "Gemm", inputs: ["rows", "w", "b"], outputs: ["y"] },
      ],
      tensors: [
        floatTensor("w", [2, 3], [1, 2, 3, 4, 5, 6]),
        floatTensor("b", [3], [0.5, 0, -0.5]),
        wholeTensor("shape", [3], shape),
        wholeTensor("flat", [2], [1, 2]),
      ],
    });
    const logits = await logitsOf(bytes, [1, 2, 0, -1], 2);
    assert.deepEqual(logits, [9.5, 12, 14.5, -3.5, -5, -6.5], `[${shape}]`);
  }
});

Deno.test("importOnnx() keeps --freeze's tensors as they are", async () => {
  const { network, understood } = imported(linearModel(), { freeze: ["b*"] });
  assert.deepEqual(network.parameters.map(({ name }) => name), ["w"]);
  assert.match(understood.join("\n"), /frozen: b\*/);
  assert.throws(
    () => imported(linearModel(), { freeze: ["bias"] }),
    /Cannot freeze bias: no weight of odd\.onnx is called so; its weights are w, b/,
  );
  assert.throws(() => imported(linearModel(), { freeze: ["w", "b"] }), {
    name: "RangeError",
    message: "Cannot measure odd.onnx: --freeze w b fixes all of its weights; leave some free",
  });
  assert.deepEqual(await logitsOf(linearModel(), [1, 2], 1), [9.5, 12, 14.5]);
});

Deno.test("importOnnx() names what it cannot import, in one line", () => {
  const nodes = (op: string) => [
    { op, inputs: ["x"], outputs: ["h"], name: "strange" },
    { op, inputs: ["h"], outputs: ["g"], name: "again" },
    { op: "Gemm", inputs: ["g", "w", "b"], outputs: ["y"], name: "fc" },
  ];
  const weights = (w: OddTensor) => ({
    tensors: [w, floatTensor("b", [3], [0.5, 0, -0.5])],
  });
  const wrongs: [string, Uint8Array, RegExp][] = [
    [
      "an op that is not known",
      linearModel({ nodes: nodes("Lp🙂Pool") }),
      /opset 17: Basin does not know Lp🙂Pool \(2 nodes, the first strange\); it knows Abs, Add, /,
    ],
    ["control flow", linearModel({ nodes: nodes("Loop") }), /does not know Loop \(2 nodes/],
    ["an old opset", linearModel({ opset: 5 }), /it is of opset 5; Basin knows 7 to \d+/],
    ["a new opset", linearModel({ opset: 99 }), /it is of opset 99/],
    [
      "two inputs",
      linearModel({
        nodes: [
          { op: "Add", inputs: ["x", "x2"], outputs: ["h"] },
          { op: "Gemm", inputs: ["h", "w", "b"], outputs: ["y"] },
        ],
        inputs: [{ name: "x", shape: ["N", 2] }, { name: "x2", shape: ["N", 2] }],
      }),
      /it has 2 inputs \(x, x2\)/,
    ],
    ["no output", linearModel({ outputs: [] }), /it has no outputs; export it with one/],
    [
      "an output that nothing makes",
      linearModel({ outputs: [{ name: "z", shape: ["N", 3] }] }),
      /it has no output "z"; its outputs are "z"/,
    ],
    [
      "an input without an axis of examples",
      linearModel({ inputs: [{ name: "x", shape: [] }] }),
      /its input x has no axis of examples/,
    ],
    [
      "a weight that is no number",
      linearModel(weights(floatTensor("w", [2, 3], [1, 2, NaN, 4, 5, 6]))),
      /entry 2 of w is NaN/,
    ],
    [
      "a weight that is too large",
      linearModel(weights(floatTensor("w", [2, 3], [1, 2, 3, 4, -Infinity, 6]))),
      /entry 4 of w is -Infinity/,
    ],
    [
      "an empty weight",
      linearModel(weights(floatTensor("w", [2, 0], []))),
      /node fc \(Gemm of \[2, 2\], \[2, 0\], \[3\]\)/,
    ],
    [
      "a tensor that is cut short",
      linearModel(weights(floatTensor("w", [2, 3], [1, 2, 3]))),
      /tensor w \[2, 3\]: it has 3 entries, want 6/,
    ],
    [
      "a tensor of strings",
      linearModel(weights({ name: "w", dims: [2, 3], type: 8, parts: [] })),
      /tensor w: its element type is number 8; Basin reads float/,
    ],
    [
      "a shape that does not fit",
      linearModel(weights(floatTensor("w", [3, 2], [1, 2, 3, 4, 5, 6]))),
      /node fc \(Gemm of \[2, 2\], \[3, 2\], \[3\]\)/,
    ],
    [
      "tensors in another file, without one to read",
      linearModel(weights(externalTensor("w", [2, 3], { location: "w.bin" }))),
      /Cannot read w\.bin/,
    ],
    [
      "an output of constants",
      linearModel({ nodes: [{ op: "Identity", inputs: ["b"], outputs: ["y"] }] }),
      /inputs|does not depend on the examples/,
    ],
  ];
  for (const [what, bytes, message] of wrongs) {
    let text = "nothing was thrown";
    try {
      imported(bytes);
    } catch (error) {
      text = (error as Error).message;
    }
    assert.match(text, message, what);
    assert.doesNotMatch(text, /\n/, what);
  }
});

Deno.test("importOnnx() refuses what is no ONNX file, whatever its bytes", () => {
  const whole = onnxFile({
    nodes: [
      { op: "Relu", inputs: ["x"], outputs: ["h"] },
      { op: "Gemm", inputs: ["h", "w", "b"], outputs: ["y"] },
    ],
    tensors: [
      floatTensor("w", [2, 3], [1, 2, 3, 4, 5, 6]),
      floatTensor("b", [3], [0.5, 0, -0.5]),
    ],
    inputs: [{ name: "x", shape: ["N", 2] }],
    outputs: [{ name: "y", shape: ["N", 3] }],
  });
  const refused = (bytes: Uint8Array, what: string) => {
    try {
      imported(bytes);
    } catch (error) {
      const isForPeople = [SyntaxError, RangeError, TypeError].some((kind) =>
        error instanceof kind
      );
      assert.ok(isForPeople, `${what}: ${error}`);
      assert.match((error as Error).message, /^Cannot [^\n]*$/, what);
      return true;
    }
    return false;
  };
  assert.ok(refused(new Uint8Array(), "nothing"));
  assert.ok(refused(new TextEncoder().encode("# not a model\n".repeat(20)), "a text"));
  for (let length = 0; length < whole.length; length++) {
    refused(whole.subarray(0, length), `the first ${length} bytes`);
  }
  // Half of it has no graph yet, or one without all that it needs.
  assert.ok(refused(whole.subarray(0, whole.length >> 1), "the first half"));
  const dice = stream(7, "bytes");
  for (let trial = 0; trial < 300; trial++) {
    const at = dice.below(whole.length);
    refused(whole.with(at, dice.below(256)), `byte ${at} changed`);
  }
});
