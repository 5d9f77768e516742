/** The measures by name, in the order in which they run. */
export const MEASURE_NAMES = [
  "sharpness",
  "subspace",
  "eigenvalues",
  "trace",
  "density",
  "layers",
  "directions",
  "ball",
  "adaptive-box",
  "adaptive-ellipsoid",
  "adaptive-average",
  "expected",
  "pac-bayes",
  "pac-bayes-relative",
  "bits",
] as const;

/** A measure by its name on the command line. */
export type MeasureName = typeof MEASURE_NAMES[number];
