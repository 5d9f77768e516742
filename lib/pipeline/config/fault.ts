import type { Range, SourceText } from "./source_text.ts";

/** Something wrong in the YAML, and where. */
export interface Fault {
  /** Where; `undefined` if no line of a file is to blame. */
  readonly at: Range | undefined;
  /** One line: what is wrong, the value seen, and what to do. */
  readonly message: string;
  /** Further lines, for instance the edges of a ring. */
  readonly notes?: readonly string[];
}

/** Faults that were found together. */
export interface FaultSection {
  /** Stands above them: under which profile they were found. */
  readonly heading?: string;
  /** In the order of the text. */
  readonly faults: readonly Fault[];
  readonly source: SourceText;
}

/** The study cannot be used; `message` shows every fault with its place and an excerpt. */
export class StudyError extends SyntaxError {
  override name = "StudyError";

  constructor(readonly sections: readonly FaultSection[]) {
    const count = sections.reduce((sum, { faults }) => sum + faults.length, 0);
    const counted = count === 1 ? "1 fault" : `${count} faults`;
    super(`${formatSections(sections)}\n\n${counted}; nothing was started`);
  }
}

/** Every fault with its place and an excerpt, below the headings. */
export function formatSections(sections: readonly FaultSection[]): string {
  return sections.flatMap(({ heading, faults, source }) => {
    const texts = faults.map((fault) => formatFault(fault, source));
    return heading === undefined ? texts : [`${heading}\n${texts[0]}`, ...texts.slice(1)];
  }).join("\n\n");
}

/** Whether two faults of the same files are one. */
export function isSameFault(a: Fault, b: Fault): boolean {
  return a.at?.offset === b.at?.offset && a.message === b.message;
}

/** Collects faults, so that all are reported at once. */
export class FaultList {
  readonly #faults: Fault[] = [];

  constructor(readonly source: SourceText) {}

  /** Number of faults so far. */
  get size(): number {
    return this.#faults.length;
  }

  /** Adds a fault at a stretch of a file, or at no place. */
  add(at: Range | undefined, message: string, notes: readonly string[] = []): void {
    const fault = { at: at && { offset: at.offset, length: at.length }, message, notes };
    if (!this.#faults.some((known) => isSameFault(known, fault))) this.#faults.push(fault);
  }

  /** Throws all faults together, if there are any. @throws {StudyError} */
  throwIfAny(): void {
    if (this.#faults.length === 0) return;
    const placeOf = ({ at }: Fault) => at?.offset ?? -1;
    const faults = this.#faults.toSorted((a, b) => placeOf(a) - placeOf(b));
    throw new StudyError([{ faults, source: this.source }]);
  }
}

/** `pipeline.yaml:12:7: message`, the line itself, and a caret line below it. */
export function formatFault({ at, message, notes = [] }: Fault, source: SourceText): string {
  const further = notes.map((note) => `      ${note}`);
  if (!at) return [message, ...further].join("\n");
  const { name, line, column, text } = source.lineAt(at.offset);
  const gutter = String(line).padStart(5);
  // Long lines are cut around the fault: a data file given by mistake has lines of megabytes.
  const start = Math.max(0, column - 80);
  const excerpt = text.slice(start, start + 120).replaceAll("\t", " ");
  const caret = column - 1 - start;
  const length = Math.max(1, Math.min(at.length, excerpt.length - caret));
  return [
    `${name}:${line}:${column}: ${message}`,
    `${gutter} | ${excerpt}`,
    `${" ".repeat(gutter.length)} | ${" ".repeat(caret)}${"^".repeat(length)}`,
    ...further,
  ].join("\n");
}
