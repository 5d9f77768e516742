import { canonicalJson, sha256 } from "../key/canonical.ts";

/**
 * JSON that carries the SHA-256 of its own value, so that no flipped byte in it goes unseen.
 *
 * Blobs and trees have their digest as their name. Records, manifests and memos are found by other
 * names, and one wrong digit in them would still be JSON of the right form.
 *
 * @example
 * ```ts
 * import { seal, unseal } from "./sealed.ts";
 * import assert from "node:assert/strict";
 *
 * const text = seal({ loss: 0.25 });
 * assert.deepEqual(unseal(text), { loss: 0.25 });
 * assert.equal(unseal(text.replace("0.25", "0.35")), undefined);
 * ```
 */
export function seal(value: unknown): string {
  return `${JSON.stringify({ sha256: sha256(canonicalJson(value)), value }, undefined, 1)}\n`;
}

/** The value of a sealed text; `undefined` if it is damaged, or was never sealed. */
export function unseal(text: string): unknown {
  try {
    const { sha256: digest, value } = JSON.parse(text);
    return sha256(canonicalJson(value)) === digest ? value : undefined;
  } catch {
    return undefined;
  }
}
