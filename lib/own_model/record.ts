import { lossOf } from "../../lib/networks/network.ts";
import { isNamedData } from "./data.ts";
import type { MeasurePoint } from "./point.ts";
import type { Results } from "./run.ts";

/** Everything that was measured at a point, for JSON. */
export function recordOf(
  { net, dataset, weights, engine, options, agreement }: MeasurePoint,
  { place, measures, failures, surface }: Results,
  interrupted: boolean,
) {
  const { x: _, moments, ...file } = weights;
  const { name, equation } = lossOf(net);
  const { data, part, evaluationBatch, batchNorm, normEpsilon, seed } = options;
  return {
    weights: { ...file, runningStatistics: Object.keys(moments) },
    network: { name: net.name, dimension: net.dimension, normEpsilon },
    data: {
      name: dataset.name,
      requested: data,
      ...(isNamedData(data) && { part }),
      count: dataset.count,
      isWeighted: dataset.weights !== undefined,
    },
    f: { evaluationBatch, batchNorm, loss: name, equation },
    engine: engine.description,
    seed,
    ...(agreement && { exporterOutput: agreement }),
    ...place,
    interrupted,
    measures: Object.fromEntries(
      Object.entries(measures).map(([name, { record }]) => [name, unknownAsNull(record)]),
    ),
    failures,
    ...(surface && {
      surface: {
        plane: surface.plane,
        as: surface.as,
        bs: surface.bs,
        loss: surface.rows.map(({ trainLoss }) => trainLoss),
      },
    }),
  };
}

/** A result for JSON in which a number that is not known, such as the error of one draw, is null. */
export function unknownAsNull(value: unknown): unknown {
  const text = JSON.stringify(
    value,
    (_, entry) => entry === Infinity || entry === -Infinity ? String(entry) : entry,
  );
  return JSON.parse(text);
}
