/** What the benchmarks of the engine measure: a network's gradient, training step and products Hv. */
import type { Engine, Feed, NumericArray } from "../../lib/engine/engine.ts";
import { consecutive } from "../../lib/engine/rows.ts";
import { expandComposites } from "../../lib/graph/expand.ts";
import { placeholder, variable } from "../../lib/graph/ops/leaf.ts";
import type { Update } from "../../lib/graph/program.ts";
import { sizeOf } from "../../lib/graph/shape.ts";
import { splitParameters } from "../../lib/networks/flat.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import type { Network } from "../../lib/networks/network.ts";
import { network } from "../../lib/networks/zoo.ts";
import {
  batchOf,
  chunkOf,
  gradientOf,
  gradientProgram,
  hessianName,
  hessianProgram,
  tangentName,
  tangentsFor,
} from "../../lib/objective/classifier_program.ts";
import { stream } from "../../lib/random/stream.ts";
import { adam } from "../../lib/training/adam.ts";
import { initialSlots } from "../../lib/training/optimiser.ts";
import { plain } from "../../lib/training/criteria/plain.ts";
import { stepKeyFeeds, trainingProgram } from "../../lib/training/training_program.ts";
import { multiplyAdds } from "../../lib/graph/multiply_adds.ts";

/** Networks that are measured, and their batches. */
export const BATCH = { F1: 256, C1: 128, C2: 128 } as const;

/** A network that is measured. */
export type Measured = keyof typeof BATCH;

/** Tangents of the product with several. */
const TANGENTS = 4;

/** What is measured, in the table's order. */
export const TASKS = ["gradient", "gradientCopied", "step", "hessian", "hessians"] as const;

/** One of {@link TASKS}. */
export type Task = typeof TASKS[number];

/**
 * Vectors of n that each task has to pass over at least: x is read, a gradient or Hv is written, v
 * is read. ADAM reads g, x, m and v, and writes the last three. Copying out reads and writes.
 * Activations count as if a cache held them.
 */
export const VECTORS: Readonly<Record<Task, number>> = {
  gradient: 2,
  gradientCopied: 4,
  step: 2 + 7,
  hessian: 3,
  hessians: 1 + 2 * TANGENTS,
};

/** A network, loaded, with a function for each thing to time. */
export interface Subject extends AsyncDisposable {
  readonly batch: number;
  /** n. */
  readonly dimension: number;
  /** Multiply-adds of each task's products and convolutions. */
  readonly multiplyAdds: Readonly<Record<Task, number>>;
  readonly run: Readonly<Record<Task, () => Promise<unknown>>>;
  /** Waits until the steps are done, where a step itself does not wait. */
  readonly stepsDone?: () => Promise<unknown>;
}

/**
 * Loads a network of random weights, with a batch of random examples.
 *
 * On an engine with a memory of its own the batch is rows of a table there, v is a variable, Hv is not
 * copied out, and a step does not wait: so do training and the objective.
 */
export async function loadSubject(engine: Engine, name: Measured): Promise<Subject> {
  const net = network(name);
  const batch = BATCH[name];
  const optimiser = adam();
  const isResident = engine.ownMemory === true;
  const variables = net.variables();
  const chunk = chunkOf(net, variables, batchOf(net, batch));
  const gradient = gradientOf(chunk, variables);
  const kept = variables.map((parameter, i) => variable(`kept${i}`, parameter.shape));
  const leaf = isResident ? variable : placeholder;
  const several = Array.from({ length: TANGENTS }, (_, k) => tangentsFor(variables, k, leaf));
  const graph = {
    network: net,
    variables,
    criterion: plain(),
    optimiser,
    batchNorm: "batch" as const,
    moments: new Map(),
  };
  const one = hessianProgram(chunk, variables, several.slice(0, 1), batch);
  const four = hessianProgram(chunk, variables, several, batch);
  const session = await engine.load({
    kept: {
      outputs: { losses: chunk.losses },
      updates: kept.map((variable, i): Update => ({
        kind: "assign",
        variable,
        value: gradient[i]!,
      })),
    },
    ...gradientProgram(chunk, variables, batch),
    ...one,
    ...four,
  });
  // The program of training has placeholders of its own for the batch, hence a session of its own.
  const training = await engine.load(
    trainingProgram(graph, { evaluated: new Set(), stepped: new Set([batch]) }),
  );
  const start = splitParameters(net, initialPoint(net, 1));
  await session.assign({
    ...start,
    ...Object.fromEntries(
      kept.map(({ shape }, i) => [`kept${i}`, new Float32Array(sizeOf(shape))]),
    ),
  });
  await training.assign({ ...start, ...initialSlots(optimiser, variables) });
  const drawn = drawnBatch(net, batch);
  const feeds = isResident ? rowsOf(drawn, batch) : drawn;
  const tangents = drawnTangents(net);
  if (isResident) await session.assign(tangents);
  // The last parameter is a small one. Whoever reads it waits for all that the function computes.
  const { name: last } = net.parameters.at(-1)!;
  const product = (count: number) =>
    isResident
      ? session.run(hessianName(batch, count), feeds, [tangentName(last)])
      : session.run(hessianName(batch, count), { ...feeds, ...tangents });
  const products = (program: typeof one) =>
    Object.values(program).reduce(
      (total, { outputs }) => total + multiplyAdds(expandComposites(Object.values(outputs))),
      0,
    );
  const ofGradient = multiplyAdds(gradient);
  let t = 0;
  return {
    batch,
    dimension: net.dimension,
    multiplyAdds: {
      gradient: ofGradient,
      gradientCopied: ofGradient,
      step: ofGradient,
      hessian: products(one),
      hessians: products(four),
    },
    run: {
      gradient: () => session.run("kept", feeds),
      gradientCopied: () => session.run(`gradient ${batch}`, feeds),
      step: () => {
        t++;
        const given = { ...feeds, ...optimiser.feeds(t), ...stepKeyFeeds(1, t) };
        return training.run(`step ${batch}`, given, isResident ? [] : undefined);
      },
      hessian: () => product(1),
      hessians: () => product(TANGENTS),
    },
    ...(isResident ? { stepsDone: () => training.read([last]) } : {}),
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]();
      await training[Symbol.asyncDispose]();
    },
  };
}

function drawnBatch({ inputShape }: Network, batch: number): Record<string, NumericArray> {
  const examples = new Float32Array(batch * sizeOf(inputShape));
  stream(1, "bench examples").fillUniform(examples, 0);
  return {
    [`examples${batch}`]: examples,
    [`labels${batch}`]: Int32Array.from({ length: batch }, (_, i) => i % 10),
  };
}

/** The same, of tables that hold no other rows. */
function rowsOf(batch: Readonly<Record<string, NumericArray>>, size: number): Record<string, Feed> {
  const indices = consecutive(0, size);
  return Object.fromEntries(
    Object.entries(batch).map(([name, table]) =>
      [name, { table, width: table.length / size, indices }] as const
    ),
  );
}

function drawnTangents(net: Network): Record<string, NumericArray> {
  return Object.fromEntries(
    Array.from({ length: TANGENTS }, (_, k) => {
      const tangent = new Float64Array(net.dimension);
      stream(1, "bench tangents").fillUniform(tangent, k * net.dimension);
      return Object.entries(splitParameters(net, tangent)).map(([name, part]) =>
        [tangentName(name, k), Float32Array.from(part)] as const
      );
    }).flat(),
  );
}
