/** Small C1s and C2s against PyTorch's loss, gradient and Hessian-vector product in float64. */
import assert from "node:assert/strict";
import type { Engine } from "../../lib/engine/engine.ts";
import { placeholder } from "../../lib/graph/ops/leaf.ts";
import { joinParameters, splitParameters } from "../../lib/networks/flat.ts";
import type { Layer } from "../../lib/networks/layer.ts";
import { activation } from "../../lib/networks/layers/activation.ts";
import { conv } from "../../lib/networks/layers/conv.ts";
import { dense } from "../../lib/networks/layers/dense.ts";
import { dropout } from "../../lib/networks/layers/dropout.ts";
import { norm, type Normalisation } from "../../lib/networks/layers/norm.ts";
import { pool } from "../../lib/networks/layers/pool.ts";
import { type Network, stack } from "../../lib/networks/network.ts";
import {
  batchOf,
  chunkOf,
  gradientProgram,
  hessianProgram,
  tangentName,
  tangentsFor,
} from "../../lib/objective/classifier_program.ts";
import { objectiveOf } from "../../lib/objective/objective_of.ts";
import { testOnEngines } from "../engine/engines.ts";
import oracle from "../oracles/networks_torch.json" with { type: "json" };
import { relativeError } from "../support/assert_close.ts";

type Numbers = readonly number[];

/** The layers by their names in the oracle. */
const LAYERS: Readonly<Record<string, (options: Numbers, over: Normalisation) => Layer>> = {
  conv: ([filters, size, stride]) => conv(filters!, size!, { stride: stride! }),
  dense: ([units]) => dense(units!),
  dropout: ([rate]) => dropout(rate!),
  norm: (_, over) => norm(over),
  pool: ([window, stride]) => pool(window!, { stride: stride! }),
  relu: () => activation("relu"),
};

interface Computed {
  readonly loss: number;
  readonly gradient: Float64Array;
  readonly product: Float64Array;
}

const features = Float32Array.from(entries(oracle.x));
const labels = Int32Array.from(entries(oracle.labels));

for (const [family, { layers, weights, v, cases }] of Object.entries(oracle.families)) {
  for (const { normalisation, ...want } of cases) {
    const over = normalisation as Normalisation;
    const name = `${family}, ${typeof over === "string" ? over : "ghost batch"} normalisation`;
    const net = stack(
      name,
      oracle.inputShape,
      layers.map(([kind, ...options]) => LAYERS[`${kind}`]!(options as number[], over)),
    );
    // Masks and ghost batches are there in a step of training only.
    const training = typeof over !== "string" ||
      layers.some(([kind, rate]) => kind === "dropout" && rate !== 0);
    const compute = training ? inTraining : asObjective;

    testOnEngines(`f, ∇f and Hv are PyTorch's: small ${name}`, async (engine, { double }) => {
      const got = await compute(engine, net, flat(net, weights), flat(net, v));
      // The stored entries have ten digits. In float32 some hundred roundings of 6e-8 add up to a few
      // 1e-6, and in Hv, whose terms cancel, to twice that.
      const [first, second] = double ? [1e-9, 1e-9] : [1e-5, 3e-5];
      const errors = {
        loss: Math.abs(got.loss - want.loss) / want.loss,
        gradient: relativeError(got.gradient, flat(net, want.gradient)),
        product: relativeError(got.product, flat(net, want.product)),
      };
      assert.ok(errors.loss <= first, `loss: relative error ${errors.loss}`);
      assert.ok(errors.gradient <= first, `gradient: relative error ${errors.gradient}`);
      assert.ok(errors.product <= second, `product: relative error ${errors.product}`);
    });
  }
}

/** As f is evaluated, in one chunk. */
async function asObjective(
  engine: Engine,
  net: Network,
  x: Float64Array,
  v: Float64Array,
): Promise<Computed> {
  const dataset = {
    name: "drawn",
    count: labels.length,
    classes: net.classes,
    featureShape: net.inputShape,
    features,
    labels,
  };
  await using objective = await objectiveOf(net, dataset, { engine });
  const { value, gradient } = await objective.evaluate(x);
  return { loss: value, gradient, product: await objective.hessian(x).apply(v) };
}

/** As a step of training sees it. */
async function inTraining(
  engine: Engine,
  net: Network,
  x: Float64Array,
  v: Float64Array,
): Promise<Computed> {
  const size = labels.length;
  const variables = net.variables();
  const training = { maskKey: placeholder("key", [2], "int32") };
  const chunk = chunkOf(net, variables, batchOf(net, size), { training });
  await using session = await engine.load({
    ...gradientProgram(chunk, variables, size),
    ...hessianProgram(chunk, variables, [tangentsFor(variables)], size),
  });
  await session.assign(splitParameters(net, x));
  const feeds = {
    [`examples${size}`]: features,
    [`labels${size}`]: labels,
    key: Int32Array.from(oracle.key),
  };
  const { losses, ...gradient } = await session.run(`gradient ${size}`, feeds);
  const tangents = Object.entries(splitParameters(net, v)).map(([name, part]) =>
    [tangentName(name), part] as const
  );
  const product = await session.run(`hessian ${size}`, {
    ...feeds,
    ...Object.fromEntries(tangents),
  });
  const products = net.parameters.map(({ name }) => [name, product[tangentName(name)]!] as const);
  const mean = (parts: Parameters<typeof joinParameters>[1]) =>
    joinParameters(net, parts).map((total) => total / size);
  return {
    loss: Float64Array.from(losses!).reduce((total, loss) => total + loss) / size,
    gradient: mean(gradient),
    product: mean(Object.fromEntries(products)),
  };
}

function entries(text: string): number[] {
  return text.split(" ").map(Number);
}

/** The oracle's tensors as one vector. */
function flat(net: Network, parts: Readonly<Record<string, string>>): Float64Array {
  return joinParameters(
    net,
    Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, entries(text)])),
  );
}
