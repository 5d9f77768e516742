/** Says that a program is still being compiled: on a GPU that may take minutes. */

/** Milliseconds: when the first note comes, and how far apart the next are. */
export interface NotePace {
  readonly first: number;
  readonly next: number;
}

/** Quicker programs are not worth a note; the later notes show that the stage is no dead one. */
const PACE: NotePace = { first: 2_000, next: 10_000 };

/**
 * Waits for something, and says so while it takes long.
 *
 * @param title What goes on, such as `compiling "step"`.
 * @returns What it waited for.
 */
export async function notingSlowness<Result>(
  title: string,
  waited: Promise<Result>,
  note: (line: string) => void,
  { first, next }: NotePace = PACE,
): Promise<Result> {
  const start = performance.now();
  const say = () => {
    note(`${title} for the device (${Math.round((performance.now() - start) / 1000)} s)`);
    timer = setTimeout(say, next);
  };
  let timer = setTimeout(say, first);
  try {
    return await waited;
  } finally {
    clearTimeout(timer);
  }
}
