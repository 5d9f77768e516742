import { type Shape, showShape } from "../../graph/shape.ts";
import type { Ending, Loss } from "../../losses/loss.ts";
import { logOdds, logOddsOfLogarithms } from "./logarithms.ts";
import { type Makers, makersOf } from "./makers.ts";
import type { OnnxModel } from "./model.ts";
import type { OnnxNode } from "./node.ts";
import { normalisedAxes } from "./normalised_axes.ts";
import type { Recipe } from "./recipe.ts";
import { again, handedOn, keptOff, RESHAPING } from "./through.ts";

/** What a model's output means, where an op says so that makes probabilities. */
export interface OutputEnding {
  readonly ending: Ending;
  /** For people: `are log-probabilities`. */
  readonly are: string;
  /** What goes into that op, of the shape of the output. */
  readonly logits: Recipe;
  /** Whether it may be a number of its own as well, which targets tell. */
  readonly isVague?: boolean;
  /** Of a softmax: the node, and those behind it that reshape or transpose what it makes. */
  readonly softmax?: { readonly node: OnnxNode; readonly later: readonly OnnxNode[] };
}

/** What the ends of a model are called. */
const ARE = {
  softmax: "are probabilities, by a softmax",
  "log-softmax": "are log-probabilities",
  sigmoid: "are probabilities, by a sigmoid",
} as const;

/**
 * Finds what an output means. It is seen through what leaves the values as they are: casts, clips that
 * keep probabilities off 0 and 1, factors of 1, and what moves entries.
 *
 * @returns `undefined` if no op says it.
 */
export function outputEndingOf(model: OnnxModel): OutputEnding | undefined {
  const makers = makersOf(model);
  const odds = logOdds(model.output, makers, { clips: true });
  // Columns 1 − p and p are two classes, which their sum tells.
  if (odds !== undefined && hasOpposites(odds)) return undefined;
  if (odds !== undefined) return { ending: "sigmoid", are: ARE.sigmoid, logits: odds };
  const ofLogarithms = logOddsOfLogarithms(model.output, makers, { clips: true });
  if (ofLogarithms !== undefined) {
    const are = "are log-probabilities, by a sigmoid";
    return { ending: "sigmoid", are, logits: ofLogarithms, isVague: true };
  }
  return softmaxBefore(model.output, makers);
}

/** Whether log-odds stand beside negative ones. */
function hasOpposites(recipe: Recipe): boolean {
  if (typeof recipe === "string") return false;
  const isNegative = recipe.inputs.map((each) =>
    typeof each !== "string" && each.like.opType === "Neg"
  );
  return recipe.like.opType === "Concat" && new Set(isNegative).size > 1 ||
    recipe.inputs.some(hasOpposites);
}

/** The softmax that an output ends in. */
function softmaxBefore(output: string, makers: Makers): OutputEnding | undefined {
  const later: OnnxNode[] = [];
  let isLogarithm = false;
  for (let node = makers.maker(output); node;) {
    const { opType } = node;
    if (opType === "Softmax" || opType === "LogSoftmax" && !isLogarithm) {
      const ending = isLogarithm || opType === "LogSoftmax" ? "log-softmax" : "softmax";
      const logits = later.reduce<Recipe>((x, each) => again(each, x), node.inputs[0]!);
      return { ending, are: ARE[ending], logits, softmax: { node, later } };
    }
    let before = handedOn(node, makers) ?? keptOff(node, makers);
    if (opType === "Log" && !isLogarithm) {
      isLogarithm = true;
      before = node.inputs[0]!;
    } else if (RESHAPING.has(opType) || opType === "Transpose") {
      later.unshift(node);
      before = node.inputs[0]!;
    }
    if (before === undefined) return undefined;
    node = makers.maker(before);
  }
  return undefined;
}

/**
 * Refuses probabilities of a softmax over other axes than the classes', which no logits make.
 *
 * @param shapes Of the values that the nodes make, by their names.
 * @param shape Of the output, examples first.
 * @throws {RangeError} If the loss takes what goes into such a softmax.
 */
export function checkSoftmax(
  { name, opset }: Pick<OnnxModel, "name" | "opset">,
  loss: Loss,
  output: OutputEnding | undefined,
  shapes: ReadonlyMap<string, Shape>,
  shape: Shape,
): void {
  if (!output?.softmax || !loss.endings.includes(output.ending)) return;
  const shaped = (node: OnnxNode) => ({ node, shape: shapes.get(node.outputs[0]!)! });
  const { node, later } = output.softmax;
  // A softmax has the shape of what goes into it.
  const own = { node, shape: shapes.get(node.inputs[0]!)! };
  const axes = normalisedAxes(opset, own, later.map(shaped));
  // As the cross-entropy has it: [N, classes], [N, positions, classes], [N, classes, height, width].
  const classes = shape.length === 3 ? 2 : 1;
  if (axes?.length === 1 && axes[0] === classes) return;
  const over = axes === undefined
    ? "no whole axis of it"
    : axes.length === 1
    ? `axis ${axes[0]}`
    : `axes ${axes.join(" and ")}`;
  throw new RangeError(
    `Cannot measure ${name} by ${loss.title}: its output ${showShape(shape)} ends in a softmax ` +
      `over ${over}, and its classes are axis ${classes}; export the logits, or the softmax over ` +
      "the classes",
  );
}

/** What a loss takes of a model. */
export interface TakenOutput {
  /** Whether that is what goes into the op that makes probabilities, and not the output. */
  readonly areLogits: boolean;
  /** For people. */
  readonly understood: string;
}

/**
 * Finds what a loss takes of a model.
 *
 * @throws {RangeError} If the output are probabilities that the loss cannot be had of.
 */
export function takenBy(
  model: string,
  loss: Loss,
  output: OutputEnding | undefined,
): TakenOutput {
  if (!output) {
    const understood = loss.takesOtherEndings
      ? "its output is taken as it is"
      : "its output counts as logits";
    return { areLogits: false, understood };
  }
  const { are, ending } = output;
  if (loss.endings.includes(ending)) return { areLogits: true, understood: `its output ${are}` };
  if (loss.takesOtherEndings) {
    return { areLogits: false, understood: `its output ${are}, and taken as it is` };
  }
  throw new RangeError(
    `Cannot measure ${model} by ${loss.title}: its output ${are}; want logits, or the output of a ` +
      loss.endings.join(" or a "),
  );
}
