/** The types that the signatures of `mod.ts` name, for those who write them down. */
export type { CurvatureCheckpoint } from "./curvature/checkpoint.ts";
export type {
  ExtremeEigenvalues,
  ExtremeEigenvaluesOptions,
  SpectrumEnd,
} from "./curvature/extreme_eigenvalues.ts";
export type { TraceEstimate } from "./curvature/hutchinson_trace.ts";
export type { KrylovSpace } from "./curvature/krylov.ts";
export type { LanczosOptions, LanczosResult } from "./curvature/lanczos.ts";
export type { RitzOptions, RitzResult } from "./curvature/ritz_values.ts";
export type { SpectralDensity, SpectralDensityOptions } from "./curvature/spectral_density.ts";
export type { Augmentation } from "./data/augmentation.ts";
export type { RealTargets } from "./data/dataset.ts";
export type {
  Engine,
  EngineDescription,
  Feed,
  NumericArray,
  Rows,
  Session,
} from "./engine/engine.ts";
export type { SelectOptions } from "./engine/select.ts";
export type { Moments } from "./graph/ops/moments.ts";
export type { PortableKernels } from "./graph/portable_kernels.ts";
export type { GraphFunction, Program, Update } from "./graph/program.ts";
export type { Shape } from "./graph/shape.ts";
export type {
  Comparison,
  StableHloEmitter,
  StableHloTensor,
  StableHloType,
} from "./graph/stablehlo_emitter.ts";
export type {
  TensorFlowAttribute,
  TensorFlowEmitter,
  TensorFlowType,
} from "./graph/tensorflow_emitter.ts";
export type { Attributes, DType, Type } from "./graph/type.ts";
export type { Op, ReferenceTensor, Value } from "./graph/value.ts";
export type { Convolution, Padding, Pool } from "./graph/window.ts";
export type { FilterBlock, Unfiltered } from "./landscape/filter_normalised.ts";
export type { PathKind } from "./landscape/path.ts";
export type { Plane, PlaneCoordinates } from "./landscape/plane.ts";
export type { PlaneGrid } from "./landscape/plane_grid.ts";
export type { PrincipalPlane } from "./landscape/principal_plane.ts";
export type { BasisFactors, SubspaceBasis } from "./linalg/basis.ts";
export type { RowBlocks } from "./linalg/row_blocks.ts";
export type { IndexRange } from "./linalg/block_operator.ts";
export type { HostVector, KrylovBasis } from "./linalg/krylov_basis.ts";
export type { Projection, ProjectionStart } from "./linalg/projection.ts";
export type { Ending, ModelOutput, OutputForm, OutputRows, TargetFacts } from "./losses/loss.ts";
export type { NetworkFilters } from "./networks/filter_blocks.ts";
export type { ForeignTensor } from "./networks/foreign_modules.ts";
export type { LayerScope, Pass } from "./networks/layer.ts";
export type { Normalisation } from "./networks/layers/norm.ts";
export type { BatchNormLayer, FixedTensor, NamedLayer } from "./networks/network.ts";
export type { OnnxNetwork, OnnxOptions } from "./networks/onnx/onnx_network.ts";
export type { ReadExternal } from "./networks/onnx/tensor.ts";
export type { Initialiser, Parameter } from "./networks/parameter.ts";
export type {
  ReadParameters,
  ReadParametersOptions,
  RunningMoments,
  WeightLayout,
} from "./networks/read_parameters.ts";
export type { DataSizes, NetworkName, NetworkOptions } from "./networks/zoo.ts";
export type { Chunk } from "./objective/classifier_program.ts";
export type { NormMoments } from "./objective/norm_moments.ts";
export type { ClassifierObjective, ObjectiveOptions } from "./objective/objective_of.ts";
export type { Performance } from "./objective/performance.ts";
export type { Iteration, MinimizeOptions, MinimizerState, Minimum } from "./optim/lbfgsb.ts";
export type {
  PowerIteration,
  PowerMaximum,
  PowerOptions,
  PowerState,
  PowerStopReason,
} from "./optim/power_method.ts";
export type { Sample, SampledObjective } from "./optim/sample.ts";
export type { StopReason } from "./optim/stop_reason.ts";
export type {
  BoxPoint,
  BoxSearch,
  BoxVectors,
  ChosenSums,
  DirectionSums,
  PairSums,
  PathSums,
} from "./optim/box_search.ts";
export type { SearchEnd, SearchPoint, SearchVectors, VertexSearch } from "./optim/vertex_search.ts";
export type { CurvePoint, MaximiserRun } from "./sharpness/result.ts";
export type { AdaptiveSharpnessOptions } from "./sharpness/adaptive_sharpness.ts";
export type { BallWorstCase } from "./sharpness/ball_search.ts";
export type { BallSharpnessOptions } from "./sharpness/ball_sharpness.ts";
export type {
  BitsNeeded,
  BitsNeededOptions,
  BitsProbe,
  BitsStopReason,
} from "./sharpness/bits_needed.ts";
export type { SharpnessCheckpoint } from "./sharpness/checkpoint.ts";
export type { ClimbStart } from "./sharpness/climb_start.ts";
export type {
  ExpectedRise,
  ExpectedSharpness,
  ExpectedSharpnessOptions,
  NoiseScale,
} from "./sharpness/expected_sharpness.ts";
export type { SharpnessOptions } from "./sharpness/metric.ts";
export type {
  PacBayesSigma,
  PacBayesSigmaOptions,
  SigmaProbe,
  SigmaStopReason,
} from "./sharpness/pac_bayes_sigma.ts";
export type { FirstStart, Maximiser, MaximiserStart, ProtocolName } from "./sharpness/protocol.ts";
export { PROTOCOLS } from "./sharpness/protocol.ts";
export type { MeasuredSubspace, RunningPoint, Sharpness } from "./sharpness/result.ts";
export type { SearchSummary } from "./sharpness/sample_search.ts";
export type { SharpDirections, SharpDirectionsOptions } from "./sharpness/sharp_directions.ts";
export type { SubspaceDistribution } from "./sharpness/subspace.ts";
export { SUBSPACE_DISTRIBUTIONS } from "./sharpness/subspace.ts";
export type { Climb, ClimbOptions, ClimbPoint, WorstCase } from "./sharpness/worst_case.ts";
export type { AdagradOptions } from "./training/adagrad.ts";
export type { AdamOptions } from "./training/adam.ts";
export type { BatchGrowth } from "./training/batch_growth.ts";
export type { Conservative } from "./training/conservative.ts";
export type { AdversarialOptions } from "./training/criteria/adversarial.ts";
export type { AsamOptions } from "./training/criteria/asam.ts";
export type { StabilityOptions } from "./training/criteria/stability.ts";
export type { StepLoss } from "./training/criterion.ts";
export type { DiffusionPoint } from "./training/diffusion.ts";
export type { EpochRecord } from "./training/history.ts";
export type { LearningRateSchedule } from "./training/learning_rate.ts";
export type { Optimiser } from "./training/optimiser.ts";
export type { SgdOptions } from "./training/sgd.ts";
export type { StopRule, TrainingStop } from "./training/stop_rule.ts";
export type { TrainingOptions, TrainingResult } from "./training/train.ts";
export type { BatchNormMode } from "./training/training_program.ts";
export type { TrainingCheckpoint } from "./training/training_state.ts";
export type { ActivationName } from "./networks/layers/activation.ts";
