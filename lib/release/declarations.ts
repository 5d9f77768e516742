/** TypeScript declarations of the library, for those who use the npm package. */
import { dirname, join, relative } from "node:path";
import ts from "typescript";

/** A declaration file: its path below the library, and its text. */
export interface Declaration {
  readonly path: string;
  readonly text: string;
}

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  allowImportingTsExtensions: true,
  resolveJsonModule: true,
  declaration: true,
  emitDeclarationOnly: true,
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  lib: ["lib.esnext.d.ts", "lib.dom.d.ts"],
  types: [],
};

/** `AsyncDisposable`, which the libraries of TypeScript's targets do not have yet. */
const DISPOSABLE = '/// <reference lib="esnext.disposable" />\n';

/**
 * The declarations of a module and of all that they name, file by file.
 *
 * @param entry The module, an absolute path; the paths of the result are relative to its folder.
 * @throws {TypeError} If a type of another package is named.
 */
export function declarationsOf(entry: string): Declaration[] {
  const root = dirname(entry);
  const emitted = new Map<string, string>();
  ts.createProgram([entry], OPTIONS).emit(undefined, (path, text) => {
    emitted.set(path.replace(/\.d\.ts$/, ".ts"), text);
  });
  const reached = new Set([entry]);
  const declarations: Declaration[] = [];
  for (const path of reached) {
    let text = emitted.get(path)!;
    // From the last on, so that the places of those before stay what they are.
    for (const { fileName, pos, end } of ts.preProcessFile(text).importedFiles.toReversed()) {
      if (!fileName.startsWith(".")) {
        throw new TypeError(
          `Cannot declare the types of ${relative(root, path)}: they name those of ${fileName}, ` +
            "which users of the package need not have; declare what is meant",
        );
      }
      reached.add(join(dirname(path), fileName));
      // Node's resolution wants the names of the files that would run.
      const named = text.slice(pos, end + 2).replace(/\.ts(?=["'])/, ".js");
      text = text.slice(0, pos) + named + text.slice(end + 2);
    }
    const head = path === entry ? DISPOSABLE : "";
    declarations.push({ path: relative(root, path).replace(/\.ts$/, ".d.ts"), text: head + text });
  }
  return declarations;
}
