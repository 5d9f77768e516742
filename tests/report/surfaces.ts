import type { SurfaceRecord } from "../../lib/report/surface_results.ts";

const AXIS = Array.from({ length: 11 }, (_, k) => -1 + k / 5);

/** A bowl of given curvature, in which LB's is four times SB's. */
function bowl(curvature: number): SurfaceRecord["rows"] {
  return AXIS.map((b) => {
    const trainLoss = AXIS.map((a) => 0.01 + curvature * (a * a + 2 * b * b));
    return {
      trainLoss,
      trainAccuracyPercent: trainLoss.map((loss) => 100 / (1 + loss)),
      testLoss: trainLoss.map((loss) => loss + 0.1),
      testAccuracyPercent: trainLoss.map((loss) => 98 / (1 + loss)),
    };
  });
}

function record(
  plane: SurfaceRecord["plane"],
  regime: "SB" | "LB" | undefined,
  more: Partial<SurfaceRecord>,
): SurfaceRecord {
  return {
    network: "F1",
    trial: 0,
    diverged: false,
    source: `surface[plane=${plane},regime=${regime ?? "none"}]`,
    ...(regime && { regime }),
    plane,
    as: AXIS,
    bs: AXIS,
    rows: bowl(regime === "LB" ? 4 : 1),
    marks: [
      {
        name: "the minimum",
        line: "run",
        isMinimum: true,
        a: 0,
        b: 0,
        distance: 0,
        trainLoss: 0.01,
      },
    ],
    facts: {},
    ...more,
  };
}

/** A way of training that ends in the middle. */
function way(line: string) {
  const steps = [0.9, 0.5, 0.2].map((a, epoch) => ({
    name: `epoch ${epoch}`,
    line,
    isMinimum: false,
    a: line === "LB" ? -a : a,
    b: a * a - a / 2,
    distance: 0.1,
    trainLoss: 0.01 + a * a,
  }));
  return [
    ...steps,
    { name: `${line}'s end`, line, isMinimum: true, a: 0, b: 0, distance: 0, trainLoss: 0.01 },
  ];
}

/** Surfaces of one pair on every kind of plane. */
export const SURFACES: readonly SurfaceRecord[] = [
  ...(["SB", "LB"] as const).flatMap((regime) => [
    record("random", regime, {}),
    record("eigenvectors", regime, { facts: { eigenvalues: [4, 2], residuals: [0.1, 0.1] } }),
    record("trajectory", regime, { marks: way("run"), facts: { shares: [0.8, 0.15] } }),
  ]),
  record("minima", undefined, { marks: [...way("SB"), ...way("LB")] }),
];
