/** Where a verb writes to; tests pass a fake. */
export interface Terminal {
  /** Writes to stdout. */
  write(text: string): void;
  /** Writes to stderr. */
  warn(text: string): void;
  /** Shows a block that the next one replaces; absent where stdout is no terminal. */
  readonly live?: {
    show(block: string): void;
    /** Removes the block, so that lines can be written above the next one. */
    clear(): void;
  };
  /** Whether colours may be used. */
  readonly colour: boolean;
  /** Characters in a line. */
  readonly columns: number;
}

/** Colours by what they mean. */
export interface Palette {
  good(text: string): string;
  bad(text: string): string;
  dim(text: string): string;
  bold(text: string): string;
}

/** The colours of a terminal; none where it wants none. */
export function paletteOf({ colour }: Pick<Terminal, "colour">): Palette {
  const paint = (code: number) => (text: string) => colour ? `\x1b[${code}m${text}\x1b[0m` : text;
  return { good: paint(32), bad: paint(31), dim: paint(2), bold: paint(1) };
}
