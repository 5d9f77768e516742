/**
 * Basin as a library: Metric 2.1, curvature and the paper's networks, without the pipeline.
 *
 * Whoever can evaluate f and ∇f at a flat `Float64Array` can measure how sharp a minimum is; the
 * networks, data sets and engines are a convenience, not a condition. Each measure is documented
 * with its equation, its source, its cost, how to choose its parameters and what it does not tell:
 *
 * - the worst rise of f nearby: {@link sharpness} (Metric 2.1), {@link ballSharpness},
 *   {@link adaptiveSharpness}, which rescaling does not change;
 * - the mean rise under noise: {@link expectedSharpness}, and {@link pacBayesSigma}, the noise that a
 *   stated rise allows; both may follow the weights' sizes;
 * - the precision that weights need: {@link bitsNeeded};
 * - the share of directions along which f rises steeply: {@link sharpDirections};
 * - the Hessian: {@link extremeEigenvalues}, {@link lanczos}, {@link ritzValues},
 *   {@link hutchinsonTrace}, {@link spectralDensity}, and of one layer {@link blockOperator};
 * - the scale that they depend on: {@link rescaleLayer} changes most of them and leaves f as it is;
 * - f on a line or a plane, to be drawn: {@link pathPoint}, {@link planeThrough},
 *   {@link filterNormalisedPair}, {@link principalPlane}.
 *
 * @example The sharpness of a quadratic bowl is known in closed form
 * ```ts
 * import { sharpness } from "./mod.ts";
 * import assert from "node:assert/strict";
 *
 * // f(x) = ½ Σ λ_i x_i² at x = 0: the box is |y_i| ≤ ε, its largest value ½ ε² Σ λ_i.
 * const curvature = [4, 1, 0.25];
 * const bowl = {
 *   dimension: 3,
 *   evaluate: (x: Float64Array) =>
 *     Promise.resolve({
 *       value: x.reduce((sum, xi, i) => sum + 0.5 * curvature[i]! * xi * xi, 0),
 *       gradient: x.map((xi, i) => curvature[i]! * xi),
 *     }),
 * };
 * const epsilon = 1e-3;
 * // At the exact minimum the gradient vanishes and with it the vertex start: start at a corner.
 * const { percent } = await sharpness(bowl, new Float64Array(3), { epsilon, start: "corner" });
 * assert.ok(Math.abs(percent - 100 * 0.5 * epsilon ** 2 * 5.25) < 1e-12);
 * ```
 *
 * @example Sharpness depends on the scale of the weights, adaptive sharpness does not
 * ```ts
 * import { adaptiveSharpness, sharpness } from "./mod.ts";
 * import assert from "node:assert/strict";
 *
 * // f(v, w) = ½ (vw − 1)²: the points (α, 1/α) are all the same function x ↦ vwx.
 * const product = {
 *   dimension: 2,
 *   evaluate: ([v, w]: Float64Array) =>
 *     Promise.resolve({
 *       value: 0.5 * (v! * w! - 1) ** 2,
 *       gradient: Float64Array.of((v! * w! - 1) * w!, (v! * w! - 1) * v!),
 *     }),
 * };
 * const percents: number[] = [];
 * const rises: number[] = [];
 * for (const x of [Float64Array.of(1, 1), Float64Array.of(64, 1 / 64)]) {
 *   percents.push((await sharpness(product, x, { epsilon: 1e-3, protocol: "robust" })).percent);
 *   rises.push((await adaptiveSharpness(product, x, { rho: 1e-3, restarts: 8 })).rise);
 * }
 * assert.ok(percents[1]! > 100 * percents[0]!);
 * assert.equal(rises[1], rises[0]);
 * ```
 *
 * @module
 */
export type { Box, Evaluation, Objective } from "./optim/objective.ts";
export type { LinearOperator } from "./linalg/operator.ts";
export { minimizeInBox } from "./optim/lbfgsb.ts";
export { maximizeByPower } from "./optim/power_method.ts";
export { sharpness, UnmeasurableLossError } from "./sharpness/metric.ts";
export { adaptiveSharpness } from "./sharpness/adaptive_sharpness.ts";
export { ballSharpness } from "./sharpness/ball_sharpness.ts";
export { expectedSharpness } from "./sharpness/expected_sharpness.ts";
export { pacBayesSigma } from "./sharpness/pac_bayes_sigma.ts";
export { sharpDirections } from "./sharpness/sharp_directions.ts";
export { bitsNeeded } from "./sharpness/bits_needed.ts";
export type { LossFunction } from "./sharpness/loss_at.ts";
export type { QuantisationGroup } from "./sharpness/quantise.ts";
export { extremeEigenvalues } from "./curvature/extreme_eigenvalues.ts";
export { blockOperator } from "./linalg/block_operator.ts";
export { lanczos } from "./curvature/lanczos.ts";
export { ritzValues } from "./curvature/ritz_values.ts";
export { hessianDiagonal } from "./curvature/hessian_diagonal.ts";
export { hutchinsonTrace } from "./curvature/hutchinson_trace.ts";
export { spectralDensity } from "./curvature/spectral_density.ts";
export { filterNormalised, filterNormalisedPair } from "./landscape/filter_normalised.ts";
export { pathPoint } from "./landscape/path.ts";
export { planeCoordinates, planePoint, planeThrough } from "./landscape/plane.ts";
export { centredGrid, gridAround } from "./landscape/plane_grid.ts";
export { principalPlane } from "./landscape/principal_plane.ts";
export { filterBlocks } from "./networks/filter_blocks.ts";
export { network } from "./networks/zoo.ts";
export { type Network, stack } from "./networks/network.ts";
export { rescalableLayers, rescaleLayer } from "./networks/rescale.ts";
export { importOnnx } from "./networks/onnx/onnx_network.ts";
export { readParameters } from "./networks/read_parameters.ts";
export type { Layer } from "./networks/layer.ts";
export { activation } from "./networks/layers/activation.ts";
export { conv } from "./networks/layers/conv.ts";
export { dense } from "./networks/layers/dense.ts";
export { dropout } from "./networks/layers/dropout.ts";
export { norm } from "./networks/layers/norm.ts";
export { pool } from "./networks/layers/pool.ts";
export { initialPoint } from "./networks/initial_point.ts";
export { checkedDataset, type Dataset } from "./data/dataset.ts";
export type { Loss } from "./losses/loss.ts";
export { LOSS_NAMES, lossNamed } from "./losses/losses.ts";
export { targetFactsOf } from "./objective/targets.ts";
export { objectiveOf } from "./objective/objective_of.ts";
export { recomputedMoments } from "./objective/recomputed_moments.ts";
export { train } from "./training/train.ts";
export { adam } from "./training/adam.ts";
export { adagrad } from "./training/adagrad.ts";
export { sgd } from "./training/sgd.ts";
export type { Criterion } from "./training/criterion.ts";
export { adversarial } from "./training/criteria/adversarial.ts";
export { asam } from "./training/criteria/asam.ts";
export { plain } from "./training/criteria/plain.ts";
export { sam } from "./training/criteria/sam.ts";
export { stability } from "./training/criteria/stability.ts";
export { selectEngine, type SelectOptions } from "./engine/select.ts";
export * from "./types.ts";
