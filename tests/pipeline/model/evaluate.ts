/** What a random study has to give, worked out without any of the pipeline. */
import { type AxisName, codeOf, type Model, type ModelStage } from "./random_study.ts";

/** What a study gives. */
export interface Evaluation {
  /** Path below the view → text. */
  readonly files: Readonly<Record<string, string>>;
  /** One text for each computation: equal ones need to be done once only, ever. */
  readonly computations: ReadonlySet<string>;
}

type Values = Readonly<Partial<Record<AxisName, number>>>;

/** Evaluates a study, stage by stage. */
export function evaluate(model: Model): Evaluation {
  const results: Map<string, string>[] = [];
  const files: Record<string, string> = {};
  const computations = new Set<string>();
  for (const stage of model.stages) {
    const own = new Map<string, string>();
    for (const values of combinations(model, stage.axes)) {
      const inputs = stage.inputs.map(({ stage: upstream, axes }) => {
        const { axes: theirs, folder } = model.stages[upstream]!;
        const isCollected = Object.values(axes).includes("all");
        const read = combinations(model, theirs).filter((each) =>
          theirs.every((axis) =>
            axes[axis] === "all" ||
            each[axis] === (axes[axis] === "join" ? values[axis] : model.axes[axis][0])
          )
        );
        const texts = read.map((each) => results[upstream]!.get(JSON.stringify(each))!);
        return { texts, folder, cells: isCollected ? read : [] };
      });
      const result = resultText(stage, values, inputs.flatMap(({ texts }) => texts));
      own.set(JSON.stringify(values), result);
      const code = codeOf({ ...stage, comments: 0 });
      computations.add(JSON.stringify([code, stage.param, values, inputs]));
      const labels = stage.axes.map((axis) => `${axis}=${values[axis]}`).join(",");
      const cell = `/${stage.name}${labels === "" ? "" : `/${labels}`}`;
      if (stage.folder) {
        files[`${cell}/out/x.txt`] = result;
        files[`${cell}/out/y.txt`] = `y${result}`;
      } else files[`${cell}/out.txt`] = result;
    }
    results.push(own);
  }
  return { files, computations };
}

/** What one cell computes: FNV-1a (32 bits) over its parameters and all that it reads. */
function resultText(
  { version, param, coarse }: ModelStage,
  { a, b }: Values,
  read: string[],
): string {
  let hash = 0x811c9dc5;
  for (const letter of [`v${version}`, param, a ?? "", b ?? "", ...read].join("|")) {
    const mixed = BigInt(hash) ^ BigInt(letter.charCodeAt(0));
    hash = Number(BigInt.asUintN(32, mixed * 0x01000193n));
  }
  return String(coarse ? hash % 2 : hash);
}

/** Every combination of the values of some axes, in ascending order. */
function combinations({ axes }: Model, names: readonly AxisName[]): Values[] {
  return names.reduce<Values[]>(
    (all, name) => all.flatMap((each) => axes[name].map((value) => ({ ...each, [name]: value }))),
    [{}],
  );
}
