import type { Dataset } from "../../lib/data/dataset.ts";
import { activation } from "../../lib/networks/layers/activation.ts";
import { dense } from "../../lib/networks/layers/dense.ts";
import { norm } from "../../lib/networks/layers/norm.ts";
import { type Network, stack } from "../../lib/networks/network.ts";
import { stream } from "../../lib/random/stream.ts";

/** A small network with everything that F1 has; tanh makes it smooth. */
export function toyNetwork(kind: "relu" | "tanh" = "tanh"): Network {
  return stack("toy", [5], [
    dense(6),
    norm(),
    activation(kind),
    dense(4),
    norm(),
    activation(kind),
    dense(3),
  ]);
}

/** Three Gaussian clouds in five dimensions: learnable, not separable without error. */
export function toyDataset(count: number, seed = 1): Dataset {
  const features = new Float32Array(count * 5);
  stream(seed, "toy data").fillNormal(features, 0);
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  labels.forEach((label, i) => features[i * 5 + label]! += 2);
  return { name: "toy", features, labels, count, featureShape: [5], classes: 3 };
}
