import { ACTIVATION_RULES } from "./ops/activations.ts";
import { BLOCK_RULES } from "./ops/blocks.ts";
import { BOUND_RULES } from "./ops/bounds.ts";
import { CAST_RULES } from "./ops/casts.ts";
import { CONVOLUTION_RULES } from "./ops/convolution.ts";
import { EINSUM_RULES } from "./ops/einsum.ts";
import { ELEMENTWISE_RULES } from "./ops/elementwise.ts";
import { GATHER_RULES } from "./ops/gather.ts";
import { LOGIC_RULES } from "./ops/logic.ts";
import { NORMALISATION_RULES } from "./ops/normalisation.ts";
import { PAD_RULES } from "./ops/pad.ts";
import { POOLING_RULES } from "./ops/pooling.ts";
import { PRODUCT_RULES } from "./ops/products.ts";
import { REDUCE_PRODUCT_RULES } from "./ops/reduce_product.ts";
import { REDUCTION_RULES } from "./ops/reductions.ts";
import { RESIZE_RULES } from "./ops/resize.ts";
import { SEQUENCE_RULES } from "./ops/sequences.ts";
import { SHAPE_RULES } from "./ops/shapes.ts";
import { TRANSPOSED_CONVOLUTION_RULES } from "./ops/transposed_convolution.ts";
import { TRIANGLE_RULES } from "./ops/triangle.ts";
import type { Rules } from "./rule.ts";

/** Every op of ONNX that Basin knows. */
export const RULES: Rules = {
  ...ACTIVATION_RULES,
  ...BLOCK_RULES,
  ...BOUND_RULES,
  ...CAST_RULES,
  ...CONVOLUTION_RULES,
  ...EINSUM_RULES,
  ...ELEMENTWISE_RULES,
  ...GATHER_RULES,
  ...LOGIC_RULES,
  ...NORMALISATION_RULES,
  ...PAD_RULES,
  ...POOLING_RULES,
  ...PRODUCT_RULES,
  ...REDUCE_PRODUCT_RULES,
  ...REDUCTION_RULES,
  ...RESIZE_RULES,
  ...SEQUENCE_RULES,
  ...SHAPE_RULES,
  ...TRANSPOSED_CONVOLUTION_RULES,
  ...TRIANGLE_RULES,
};
