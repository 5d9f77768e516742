import { NO_CHECKPOINT } from "../../lib/pipeline/no_checkpoint.ts";
import type { Checkpoint, InputArtifact, StageContext } from "../../lib/pipeline/stage.ts";

/** What a stage is given in a test: its parameters, its inputs, and a folder for its outputs. */
export interface FakeContextOptions<Parameters> {
  readonly parameters: Parameters;
  readonly folder: string;
  readonly inputs?: Readonly<Record<string, readonly InputArtifact[]>>;
  readonly checkpoint?: Checkpoint;
}

/** A stage's context without a pipeline; outputs are files of the folder named as they are. */
export function fakeContext<Parameters>(
  { parameters, folder, inputs = {}, checkpoint = NO_CHECKPOINT }: FakeContextOptions<Parameters>,
): StageContext<Parameters> & { readonly divergences: string[] } {
  const divergences: string[] = [];
  return {
    parameters,
    cell: {},
    input: (name) => inputs[name]![0]!,
    hasInput: (name) => name in inputs,
    inputs: (name) => inputs[name] ?? [],
    output: (name) => `${folder}/${name}`,
    checkpoint,
    progress: () => {},
    log: () => {},
    diverged: (reason) => void divergences.push(reason),
    divergences,
  };
}
