import assert from "node:assert/strict";
import { PAPER_AUGMENTATION } from "../../lib/data/augmentation.ts";
import { conservative } from "../../lib/training/conservative.ts";
import { plain } from "../../lib/training/criteria/plain.ts";
import { sam } from "../../lib/training/criteria/sam.ts";
import { type Remedies, remedyNames } from "../../lib/study/remedy_names.ts";

Deno.test("remedyNames() says what was done, with all constants", () => {
  const cases: [Remedies, string[]][] = [
    [{}, []],
    [{ criterion: plain() }, []],
    [{ criterion: sam() }, ["SAM, ρ = 0.05"]],
    [
      { augmentation: PAPER_AUGMENTATION },
      ["augmentation by flips, rotations of 10°, shifts of 0.2"],
    ],
    [
      { augmentation: { flip: false, rotationDegrees: 5, shift: 0 } },
      ["augmentation by rotations of 5°, shifts of 0"],
    ],
    [
      { conservative: conservative() },
      ["conservative, λ = 0.001, 3 steps a batch, moments kept"],
    ],
    [
      { criterion: sam(), batchGrowth: { factor: 2, everyEpochs: 5, most: 800 } },
      ["SAM, ρ = 0.05", "batch × 2 every 5 epochs up to 800"],
    ],
  ];
  for (const [remedies, names] of cases) assert.deepEqual(remedyNames(remedies), names);
});
