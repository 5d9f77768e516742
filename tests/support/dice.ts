/** Draws whole numbers below a bound. */
export type Dice = (below: number) => number;

/** Lehmer's generator with the multiplier of Park and Miller 1988: enough to vary tests. */
export function dice(seed: number): Dice {
  let state = seed % 2147483646 + 1;
  return (below) => {
    state = state * 16807 % 2147483647;
    return state % below;
  };
}
