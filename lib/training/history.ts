/** The state of training after so many epochs. */
export interface EpochRecord {
  /** Passes over the training set so far; 0 is the starting point. */
  readonly epoch: number;
  /** Optimiser steps so far. */
  readonly steps: number;
  /** f on the whole training set, in nats. */
  readonly trainLoss: number;
  /** In [0, 1]. */
  readonly trainAccuracy: number;
  /** Mean loss on the test set, in nats. */
  readonly testLoss: number;
  /** Share of the test set that is classified rightly. */
  readonly testAccuracy: number;
  /** ‖x − x₀‖₂. */
  readonly distanceFromStart: number;
}
