/** `measure`: a verb that needs no study, and whose flags are those of a table. */
import type { Command } from "commander";
import { kebabCase } from "../pipeline/verbs/flags.ts";
import { load } from "./load.ts";
import { OF_STUDY } from "./unread_options.ts";
import type { VerbSetup } from "./verb_setup.ts";

/** Adds the verb, without its flags. */
export function addMeasureVerb({ verb, context, end }: VerbSetup): Command {
  return verb(
    "measure",
    "Measure how sharp a minimum is, of a model in an ONNX file or of weights from anywhere",
    "measure model.onnx --data test.npz --report sharp.html",
  ).argument("[models...]", "ONNX files: one, or two to set side by side; before the flags")
    .action(async (models: string[], given: Record<string, string | string[]>) => {
      const { terminal, json, interrupt, jobs } = await context();
      // TensorFlow reads them as its library loads; without them it takes all cores.
      for (const kind of jobs === undefined ? [] : ["INTRAOP", "INTEROP"]) {
        Deno.env.set(`TF_NUM_${kind}_THREADS`, String(jobs));
      }
      const { measureOptions } = await load<typeof import("../own_model/options.ts")>(
        "../own_model/options.ts",
      );
      const options = measureOptions(given, kebabCase, models);
      const { measureVerb } = await load<typeof import("../own_model/verb.ts")>(
        "../own_model/verb.ts",
      );
      end(await measureVerb(options, { terminal, json, signal: interrupt.signal }));
    });
}

/** Adds the flags, whose table is loaded for this verb alone. */
export async function addMeasureFlags(command: Command): Promise<void> {
  const { MEASURE_FLAGS } = await load<typeof import("../own_model/options.ts")>(
    "../own_model/options.ts",
  );
  for (const [name, { value, help }] of Object.entries(MEASURE_FLAGS)) {
    command.option(`--${kebabCase(name)} ${value}`, help);
  }
  const unread: readonly string[] = [...OF_STUDY, "detach"];
  command.configureHelp({
    showGlobalOptions: true,
    visibleGlobalOptions: ({ parent }) =>
      parent!.options.filter((option) => !unread.includes(option.attributeName())),
  });
  command.allowExcessArguments(false).addHelpText(
    "after",
    `  deno task basin measure small.onnx large.onnx --data test.npz --measures sharpness,trace
  deno task basin measure prices.onnx --data prices.csv --loss mean-squared-error
  deno task basin measure --weights c1.safetensors --network C1 --data cifar-10 \\
      --measures sharpness,adaptive-box,eigenvalues --examples 5000
  deno task basin measure --weights mlp.safetensors --network mlp-norm:300,100 \\
      --map fc_in=dense1 --map fc_out=dense3 --batch-norm running --norm-epsilon 1e-5

Tensors of PyTorch are matched with layers kind by kind in the natural order of their names; the
mapping is printed, and --map overrules it. f is the mean of the loss, weighted where the data have
weights: docs/onnx.md has the equations. \`deno doc lib/mod.ts\` explains each measure.`,
  );
}
