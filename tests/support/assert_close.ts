import assert from "node:assert/strict";

/** How far `got` may be from `want`: |got − want| ≤ absolute + relative · |want|. */
export interface Tolerance {
  readonly relative?: number;
  readonly absolute?: number;
}

/** Asserts that two vectors agree entry by entry, and names the worst entry if they do not. */
export function assertClose(
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  { relative = 1e-12, absolute = 0 }: Tolerance = {},
): void {
  assert.equal(got.length, want.length, `length ${got.length}, wanted ${want.length}`);
  let worst = -1;
  let worstExcess = 0;
  for (let i = 0; i < want.length; i++) {
    const excess = Math.abs(got[i]! - want[i]!) - (absolute + relative * Math.abs(want[i]!));
    if (!(excess <= worstExcess) && got[i] !== want[i]) [worst, worstExcess] = [i, excess];
  }
  if (worst < 0) return;
  const allowed = absolute + relative * Math.abs(want[worst]!);
  assert.fail(
    `entry ${worst}: got ${got[worst]}, want ${want[worst]}, ` +
      `gap ${Math.abs(got[worst]! - want[worst]!)}, allowed ${allowed}`,
  );
}

/** ‖got − want‖₂ / ‖want‖₂, for results whose single entries may be near zero. */
export function relativeError(got: ArrayLike<number>, want: ArrayLike<number>): number {
  assert.equal(got.length, want.length);
  let gap = 0;
  let size = 0;
  for (let i = 0; i < want.length; i++) {
    gap += (got[i]! - want[i]!) ** 2;
    size += want[i]! ** 2;
  }
  return Math.sqrt(gap / size);
}
