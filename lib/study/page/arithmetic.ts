/** Arithmetic on numbers that a document quotes. */

/** What an expression comes to, and the numbers that it starts from. */
export interface Evaluated {
  readonly value: number;
  /** As they are written, in their order. */
  readonly operands: readonly string[];
}

const TOKENS = /\s*(?:(\d+(?:\.\d+)?(?:e-?\d+)?)|([-+*/^()])|(\S))/gy;

/**
 * Evaluates `+`, `-`, `*`, `/`, `^` and parentheses in the usual order; all but `^` group from the left.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * const { value, operands } = evaluate("100 * (4.5 - 1.5) / 6");
 * assert.equal(value, 50);
 * assert.deepEqual(operands, ["100", "4.5", "1.5", "6"]);
 * ```
 *
 * @throws {SyntaxError} If the text is no such expression.
 */
export function evaluate(text: string): Evaluated {
  const tokens = [...text.trim().matchAll(TOKENS)].map(([, number, sign, other]) => ({
    number,
    sign: sign ?? other,
  }));
  const operands: string[] = [];
  let at = 0;
  const takes = (signs: string) => {
    const sign = tokens[at]?.sign;
    return sign !== undefined && signs.includes(sign) ? (at++, sign) : undefined;
  };
  const fail = (): never => {
    const seen = tokens[at] === undefined ? "its end" : tokens[at]!.number ?? tokens[at]!.sign;
    throw new SyntaxError(
      `Cannot evaluate "${text}": ${seen} is not expected; use numbers, + - * / ^ and parentheses`,
    );
  };
  const primary = (): number => {
    if (takes("(")) {
      const value = sum();
      return takes(")") ? value : fail();
    }
    const number = tokens[at]?.number ?? fail();
    at++;
    operands.push(number);
    return Number(number);
  };
  const power = (): number => {
    const base = primary();
    return takes("^") ? base ** power() : base;
  };
  const product = (): number => {
    let value = power();
    for (let sign = takes("*/"); sign; sign = takes("*/")) {
      value = sign === "*" ? value * power() : value / power();
    }
    return value;
  };
  const sum = (): number => {
    let value = product();
    for (let sign = takes("+-"); sign; sign = takes("+-")) {
      value = sign === "+" ? value + product() : value - product();
    }
    return value;
  };
  const value = sum();
  return at === tokens.length ? { value, operands } : fail();
}
