import type { Claim } from "./claims.ts";
import { VERDICTS } from "./verdict.ts";

/**
 * The paper's claims and what was found as a list in Markdown; the words of {@link VERDICTS} last.
 *
 * @example
 * ```ts
 * import { findings } from "./findings.ts";
 * import assert from "node:assert/strict";
 *
 * const statement = "Large-batch minima are sharper";
 * const claim = { network: "F1", statement, paper: "by 167", ours: "by 3", verdict: "agrees", table: "" } as const;
 * assert.equal(
 *   findings([claim]),
 *   "- **Large-batch minima are sharper?** By 3. The paper: by 167. ✓ as in the paper.\n",
 * );
 * ```
 */
export function findings(claims: readonly Claim[]): string {
  const networks = new Set(claims.map(({ network }) => network));
  return claims.map(({ network, statement, paper, ours, verdict }) => {
    const name = networks.size > 1 ? `${network}: ${statement}` : statement;
    const [mark, words] = VERDICTS[verdict];
    const found = `${ours[0]!.toUpperCase()}${ours.slice(1)}`;
    return `- **${name}?** ${found}. The paper: ${paper}. ${mark} ${words}.\n`;
  }).join("");
}
