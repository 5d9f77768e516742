/** The part of `deno doc --json` (version 2) that is read here. */
export interface DocOutput {
  readonly version: number;
  /** By the address of the module. */
  readonly nodes: Readonly<Record<string, { readonly symbols: readonly DocSymbol[] }>>;
}
/** An exported name; several declarations are overloads, or a type and a value of one name. */
interface DocSymbol {
  readonly name: string;
  readonly declarations: readonly Declaration[];
}
interface Declaration {
  /** `line` counts from 0. */
  readonly location: { readonly filename: string; readonly line: number };
  readonly declarationKind: string;
  /** `reference` where a module only passes on what another one exports, with its documentation. */
  readonly kind?: string;
  readonly jsDoc?: {
    readonly doc?: string;
    readonly tags?: readonly { readonly kind: string; readonly name?: string }[];
  };
  readonly def?: { readonly params?: readonly { readonly kind: string; readonly name?: string }[] };
}

/** Exported symbols without a sentence, and `@param` tags that name no parameter. */
export function documentationFaults({ version, nodes }: DocOutput, root: string): string[] {
  if (version !== 2) {
    throw new RangeError(`Cannot read version ${version} of deno doc's output; teach this file`);
  }
  const faults = new Set<string>(); // A symbol that is exported again appears with every module.
  for (const { symbols } of Object.values(nodes)) {
    for (const { name, declarations } of symbols) {
      const exported = declarations.filter(({ declarationKind, kind }) =>
        declarationKind === "export" && kind !== "reference"
      );
      const [first] = exported;
      if (first === undefined || !first.location.filename.startsWith(root)) continue;
      const place = `${first.location.filename.slice(root.length)}:${first.location.line + 1}`;
      if (!exported.some(({ jsDoc }) => jsDoc?.doc?.trim())) {
        faults.add(`${place}: ${name} has no documentation`);
      }
      for (const parameter of exported.flatMap(strayParameters)) {
        faults.add(`${place}: ${name} has no parameter "${parameter}", but documents it`);
      }
    }
  }
  return [...faults].sort();
}

function strayParameters({ jsDoc, def }: Declaration): string[] {
  const parameters = def?.params;
  // A destructured parameter has no name of its own; its fields may be documented.
  if (!parameters || parameters.some(({ name }) => name === undefined)) return [];
  return (jsDoc?.tags ?? [])
    .filter(({ kind, name }) => kind === "param" && !parameters.some((own) => own.name === name))
    .map(({ name }) => name ?? "");
}
