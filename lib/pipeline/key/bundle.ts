/** Bundles a stage's module, so that only a change that can matter changes its digest. */
import { isAbsolute, relative, resolve } from "node:path";
import type { BuildFailure, Message, Metafile } from "esbuild";

/** A bundled module. */
export interface Bundle {
  /** The minified program, without comments, types and unused exports. */
  readonly text: string;
  /** Absolute paths of the local modules that were read for it. */
  readonly modules: readonly string[];
  /** Those of them that only an `import()` reaches, so that they may be loaded late in a run. */
  readonly lazy: readonly string[];
  /** Packages that the program imports, as written: `zod`, `npm:yaml@2`, `node:fs`. */
  readonly packages: readonly string[];
}

/** Why a module cannot be bundled, as `file:line:col: message`. */
export class BundleError extends SyntaxError {
  override name = "BundleError";
}

/**
 * Bundles modules with esbuild; packages stay outside.
 *
 * The text does not depend on the folder that the project lies in.
 *
 * @param modules Absolute paths of entry modules.
 * @param root Absolute path that messages are relative to.
 * @returns For each module its bundle, or why there is none.
 */
export async function bundleModules(
  modules: readonly string[],
  root: string,
): Promise<Map<string, Bundle | BundleError>> {
  // Loaded here: a run in which no code changed needs no bundler.
  const esbuild = await import("esbuild");
  const bundle = async (module: string): Promise<Bundle | BundleError> => {
    try {
      const { outputFiles, metafile } = await esbuild.build({
        entryPoints: [module],
        absWorkingDir: root,
        bundle: true,
        minifySyntax: true,
        minifyWhitespace: true,
        // Short names are dealt out by letter frequencies, in which types would have a say.
        minifyIdentifiers: false,
        legalComments: "none",
        metafile: true,
        write: false,
        format: "esm",
        platform: "neutral",
        target: "esnext",
        packages: "external",
        external: ["npm:*", "jsr:*", "node:*", "http:*", "https:*"],
        loader: { ".wasm": "binary" },
        tsconfigRaw: {}, // else a tsconfig.json in a folder above would have a say
        logLevel: "silent",
      });
      const imports = Object.values(metafile.outputs).flatMap(({ imports }) => imports);
      const all = Object.keys(metafile.inputs);
      const early = loadedAtStart(metafile);
      const absolute = (paths: string[]) => paths.map((path) => resolve(root, path)).sort();
      return {
        text: withoutFileName(outputFiles[0]!.text),
        modules: absolute(all),
        lazy: absolute(all.filter((path) => !early.has(path))),
        packages: [...new Set(imports.filter(({ external }) => external).map(({ path }) => path))]
          .sort(),
      };
    } catch (error) {
      const messages = (error as Partial<BuildFailure>).errors;
      if (!messages) throw error;
      return new BundleError(messages.slice(0, 5).map(placeOf).join("; "));
    }
  };
  try {
    const bundles = modules.map(async (module) => [module, await bundle(module)] as const);
    return new Map(await Promise.all(bundles));
  } finally {
    await esbuild.stop();
  }
}

const STAGE_NAME = "stage_default";

/**
 * Gives the entry's default export, which the bundler names after the file, one name for all files.
 *
 * Done only if the name stands nowhere but at its declaration and its export, so that the program
 * stays the same but for that name.
 */
function withoutFileName(text: string): string {
  const [, name] = /\bexport\{([\w$]+_default) as default\}/.exec(text) ?? [];
  if (name === undefined || text.includes(STAGE_NAME)) return text;
  const parts = text.split(name);
  const isAlone = parts.length === 3 && !/[\w$]$/.test(parts[0]!) && !/[\w$]$/.test(parts[1]!);
  return isAlone ? parts.join(STAGE_NAME) : text;
}

/** The modules that static imports reach from the entry. */
function loadedAtStart({ inputs, outputs }: Metafile): Set<string> {
  const reached = new Set<string>();
  const visit = (path: string) => {
    if (reached.has(path) || !inputs[path]) return;
    reached.add(path);
    for (const next of inputs[path].imports) {
      if (!next.kind.startsWith("dynamic")) visit(next.path);
    }
  };
  for (const { entryPoint } of Object.values(outputs)) visit(entryPoint ?? "");
  return reached;
}

/** A path for people: relative to `root` unless it lies elsewhere. */
export function pathFrom(root: string, path: string): string {
  const short = relative(root, path);
  return short.startsWith("..") || isAbsolute(short) ? path : short;
}

function placeOf({ text, location }: Message): string {
  return location ? `${location.file}:${location.line}:${location.column + 1}: ${text}` : text;
}
