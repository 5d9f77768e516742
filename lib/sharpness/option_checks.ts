/**
 * Checks that an option is a positive finite number.
 *
 * @param measure What is measured, for the message.
 * @throws {RangeError} If it is not.
 */
export function assertPositive(measure: string, name: string, value: number): void {
  if (value > 0 && value < Infinity) return;
  throw new RangeError(
    `Cannot measure the ${measure} with ${name} = ${value}; give a positive finite number`,
  );
}

/**
 * Checks that an option is a whole number from `least`.
 *
 * @param measure What is measured, for the message.
 * @throws {RangeError} If it is not.
 */
export function assertCount(measure: string, name: string, value: number, least = 1): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new RangeError(
    `Cannot measure the ${measure} with ${name} = ${value}; give a whole number from ${least}`,
  );
}
