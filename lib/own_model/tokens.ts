/** Whole numbers by which a model looks up rows of tables, as tokens are. */
import type { Dataset } from "../data/dataset.ts";
import { sizeOf } from "../graph/shape.ts";

/** A model whose examples may be whole numbers. */
interface Reader {
  readonly name: string;
  /** Whether its file wants whole numbers, as tokens or to turn them into real ones. */
  readonly readsWholeNumbers: boolean;
}

/**
 * The examples with rows counted from 0, where negative numbers count them from the end of a table.
 *
 * @param tables For each entry of an example, the numbers of rows of the tables that it looks up.
 * @throws {RangeError} Naming the first example that holds no whole number, or a row that is not there.
 */
export function tokensFor(
  { name, readsWholeNumbers }: Reader,
  dataset: Dataset,
  tables: readonly (readonly number[])[],
): Dataset {
  if (!readsWholeNumbers) return dataset;
  const size = sizeOf(dataset.featureShape);
  const refuse = (place: number, fault: string, wanted: string): never => {
    throw new RangeError(
      `Cannot feed ${dataset.name} to ${name}: entry ${place % size} of example ` +
        `${Math.floor(place / size)} is ${dataset.features[place]}, ${fault}; give ${wanted}`,
    );
  };
  const features = dataset.features.map((entry, place) => {
    if (!Number.isInteger(entry)) {
      return refuse(place, "the model reads whole numbers", "such, as tokens and pixels are");
    }
    const own = tables[place % size]!;
    const least = Math.min(...own);
    if (entry >= least || entry < -least) {
      return refuse(
        place,
        `and looks up a table of ${least} rows`,
        `whole numbers from 0 to ${least - 1}, or to ${-least} where they count from the end`,
      );
    }
    if (entry >= 0 || own.length === 0) return entry;
    return own.length === 1 ? entry + least : refuse(
      place,
      `and counts from the ends of tables of ${own.join(" and ")} rows`,
      "whole numbers from 0",
    );
  });
  return { ...dataset, features };
}
