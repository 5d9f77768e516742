import assert from "node:assert/strict";
import type { SurfaceSolid } from "../../../lib/report/figures/figure.ts";
import { solidDrawing } from "../../../lib/report/page/solid_drawing.js";

const AXIS = [-0.5, 0, 0.5];
const FLAT: SurfaceSolid = {
  title: "flat",
  xs: AXIS,
  ys: AXIS,
  heights: AXIS.map(() => AXIS.map(() => 0)),
  marks: [],
};

/** The points of all tiles but the floor. */
function tiles(svg: string): number[][][] {
  return [...svg.matchAll(/<polygon points="([^"]+)"/g)].map(([, points]) =>
    points!.split(" ").map((point) => point.split(",").map(Number))
  );
}

Deno.test("solidDrawing() from above is the plane itself, its y upwards", () => {
  const drawn = tiles(solidDrawing(FLAT, 0, 90));
  assert.equal(drawn.length, 4);
  const corners = new Set(drawn.flat().map(([x, y]) => `${x} ${y}`));
  assert.equal(corners.size, 9);
  // 200 units a side about the middle of 320 × 290.
  assert.ok(corners.has("60 245") && corners.has("260 45") && corners.has("160 145"));
});

Deno.test("solidDrawing() from the side shows heights alone", () => {
  const heights = AXIS.map(() => [0, 1, 0]);
  const points = tiles(solidDrawing({ ...FLAT, heights }, 0, 0)).flat();
  const tops = new Set(points.map(([x, y]) => `${x} ${y}`));
  // Half of the box's height of 0.55 · 200 above and below the middle.
  assert.deepEqual([...tops].toSorted(), ["160 90", "260 200", "60 200"]);
});

Deno.test("solidDrawing() turns: a whole turn is none, a half one swaps left and right", () => {
  const heights = AXIS.map((_, row) => AXIS.map((_, column) => (row + 2 * column) / 6));
  const solid = { ...FLAT, heights };
  assert.equal(solidDrawing(solid, 360, 30), solidDrawing(solid, 0, 30));
  const lefts = (turn: number) =>
    tiles(solidDrawing(solid, turn, 0)).flat().map(([x, y]) => `${x} ${y}`).toSorted();
  const mirrored = tiles(solidDrawing(solid, 180, 0)).flat()
    .map(([x, y]) => `${320 - x!} ${y}`).toSorted();
  assert.deepEqual([...new Set(mirrored)], [...new Set(lefts(0))]);
});

Deno.test("solidDrawing() draws what is near over what is far", () => {
  const solid = { ...FLAT, ys: [0, 0.5, 1], heights: [[0, 0, 0], [0, 0, 0], [1, 1, 1]] };
  const drawn = tiles(solidDrawing(solid, 0, 45));
  const height = (tile: number[][]) => Math.min(...tile.map(([, y]) => y!));
  // The far row is drawn first, and is higher up.
  assert.ok(height(drawn[0]!) < height(drawn.at(-1)!));
});

Deno.test("solidDrawing() leaves out cells without a value, and marks beside the grid", () => {
  const heights = [[null, 0, 0], [0, 0, 0], [0, 0, 0]];
  const mark = { name: "", owner: "SB", isMinimum: true, x: 0.25, y: 0.25 };
  const marks = [mark, { ...mark, x: 0.7 }, { ...mark, x: -0.25, y: -0.25 }];
  const svg = solidDrawing({ ...FLAT, heights, marks }, 0, 90);
  assert.equal(tiles(svg).length, 3);
  assert.deepEqual(svg.match(/<circle[^>]*>/g), [
    '<circle cx="210" cy="95" r="5" fill="#0072b2"/>',
  ]);
});

Deno.test("solidDrawing() sets marks on the surface between its points", () => {
  const marks = [{ name: "", owner: "other", isMinimum: false, x: 0.25, y: 0 }];
  const heights = AXIS.map(() => [0, 0, 1]);
  const svg = solidDrawing({ ...FLAT, heights, marks }, 0, 0);
  // Height ½ is in the middle of the box.
  assert.match(svg, /<path d="M207\.5,147\.5h5l-2\.5,-5z" fill="#16161a"\/>/);
});

Deno.test("solidDrawing() joins the points of SB and of LB, each in its colour and mark", () => {
  const way = (owner: string) =>
    [0, 0.25].map((x) => ({ name: "", owner, isMinimum: x === 0, x, y: 0 }));
  const svg = solidDrawing({ ...FLAT, marks: [...way("SB"), ...way("LB")] }, 0, 90);
  assert.deepEqual(
    [...svg.matchAll(/<polyline points="([^"]+)" stroke="([^"]+)"/g)].map(([, ...parts]) => parts),
    [["160.0,145.0 210.0,145.0", "#0072b2"], ["160.0,145.0 210.0,145.0", "#c44e00"]],
  );
  assert.equal(svg.match(/<circle/g)!.length, 2);
  assert.equal(svg.match(/<rect/g)!.length, 2);
});
