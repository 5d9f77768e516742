import assert from "node:assert/strict";
import { checkGhosts } from "../../lib/training/ghost_batches.ts";

Deno.test("checkGhosts() takes divisors, and batches that are smaller than a ghost", () => {
  checkGhosts(200, [800, 4000], 8000);
  checkGhosts(256, [100], 8000);
  checkGhosts(200, [800], 8100); // the last batch is of 100
  checkGhosts(200, [800], 8400); // the last batch is of 400
});

Deno.test("checkGhosts() names the batch that is no multiple, and a size that is", () => {
  assert.throws(
    () => checkGhosts(256, [256, 800], 8000),
    new RangeError(
      "Cannot normalise a batch of 800 in ghosts of 256; want a divisor of it, such as 200",
    ),
  );
  assert.throws(
    () => checkGhosts(200, [800], 8300),
    new RangeError(
      "Cannot normalise a batch of 300, an epoch's last, in ghosts of 200; " +
        "want a divisor of it, such as 150",
    ),
  );
  assert.throws(() => checkGhosts(5, [7], 7), /such as 7/);
});
