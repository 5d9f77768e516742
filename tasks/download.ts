/** Stage `download`: makes the data set, as a file of training and one of test examples. */
import { z } from "zod";
import { defineStage } from "../lib/pipeline/stage.ts";
import { DATASET_FIELDS, makeDataset } from "../lib/study/make_dataset.ts";

export default defineStage({
  summary: "Make the data set: find or fetch it, check it, and draw the training and test set",
  parameters: z.strictObject(DATASET_FIELDS),
  // What is found is checked against published checksums, or the one that the study names.
  locations: ["dataDir"],
  run: makeDataset,
});
