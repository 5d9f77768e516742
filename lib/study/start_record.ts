/** What a stage that trains from a given point records of it. */
import type { EpochRecord } from "../training/history.ts";

/** f and the test accuracy where training began. */
export interface StartRecord {
  readonly trainLoss: number;
  readonly testAccuracyPercent: number;
}

/** The start of a history, whose first record is of epoch 0. */
export function startRecord([first]: readonly EpochRecord[]): StartRecord {
  return { trainLoss: first!.trainLoss, testAccuracyPercent: 100 * first!.testAccuracy };
}
