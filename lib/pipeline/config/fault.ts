import type { SourceText } from "./source_text.ts";

/** Something wrong in the YAML, and where. */
export interface Fault {
  /** First character, counted from the start of the text. */
  readonly offset: number;
  /** Number of characters that the caret line underlines. */
  readonly length: number;
  /** One line: what is wrong, the value seen, and what to do. */
  readonly message: string;
  /** Further lines, for instance the edges of a ring. */
  readonly notes?: readonly string[];
}

/** The study cannot be used; `message` shows every fault with its place and an excerpt. */
export class StudyError extends SyntaxError {
  override name = "StudyError";

  constructor(
    /** All faults, in the order of the text. */
    readonly faults: readonly Fault[],
    source: SourceText,
  ) {
    const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
    super(
      [...faults.map((fault) => formatFault(fault, source)), `${count}; nothing was started`]
        .join("\n\n"),
    );
  }
}

/** Collects faults, so that all are reported at once. */
export class FaultList {
  readonly #faults: Fault[] = [];

  constructor(readonly source: SourceText) {}

  /** Number of faults so far. */
  get size(): number {
    return this.#faults.length;
  }

  /** Adds a fault at a stretch of the text. */
  add(
    at: { offset: number; length: number },
    message: string,
    notes: readonly string[] = [],
  ): void {
    const isKnown = this.#faults.some((fault) =>
      fault.offset === at.offset && fault.message === message
    );
    if (!isKnown) {
      this.#faults.push({ offset: at.offset, length: at.length, message, notes });
    }
  }

  /** Throws all faults together, if there are any. @throws {StudyError} */
  throwIfAny(): void {
    if (this.#faults.length === 0) return;
    throw new StudyError(this.#faults.toSorted((a, b) => a.offset - b.offset), this.source);
  }
}

/** `pipeline.yaml:12:7: message`, the line itself, and a caret line below it. */
export function formatFault(fault: Fault, source: SourceText): string {
  const { name, line, column, text } = source.lineAt(fault.offset);
  const gutter = String(line).padStart(5);
  // Long lines are cut around the fault: a data file given by mistake has lines of megabytes.
  const start = Math.max(0, column - 80);
  const excerpt = text.slice(start, start + 120).replaceAll("\t", " ");
  const caret = column - 1 - start;
  const length = Math.max(1, Math.min(fault.length, excerpt.length - caret));
  return [
    `${name}:${line}:${column}: ${fault.message}`,
    `${gutter} | ${excerpt}`,
    `${" ".repeat(gutter.length)} | ${" ".repeat(caret)}${"^".repeat(length)}`,
    ...(fault.notes ?? []).map((note) => `      ${note}`),
  ].join("\n");
}
