/** A flag that two threads of a worker share: one asks, the other looks. */
export interface StopFlag {
  /** Asks the stage to stop. */
  raise(): void;
  readonly isRaised: boolean;
  /** Says that the stage looks at the flag: it saves checkpoints. */
  heed(): void;
  readonly isHeeded: boolean;
}

/** Memory for a {@link stopFlag}. */
export const makeStopMemory = () => new SharedArrayBuffer(8);

/** The flag in shared memory. */
export function stopFlag(memory: SharedArrayBuffer): StopFlag {
  const [raised, heeded] = [0, 1];
  const cells = new Int32Array(memory);
  return {
    raise: () => void Atomics.store(cells, raised, 1),
    get isRaised() {
      return Atomics.load(cells, raised) === 1;
    },
    heed: () => void Atomics.store(cells, heeded, 1),
    get isHeeded() {
      return Atomics.load(cells, heeded) === 1;
    },
  };
}
