/** A surface seen from an angle, as SVG; run where the page is made for the still, and in the page. */

/** Light and dark end of heights; the colours of the heat map in lib/report/figures/surface_panel.ts. */
const ENDS = [[247, 247, 248], [108, 108, 120]];
const OWNERS = { SB: "#0072b2", LB: "#c44e00", other: "#16161a" };
/** Width and height of the drawing, in its own units. */
const VIEW = { width: 320, height: 290 };
/** Units of a length 1 of the box, which fits the view at every angle. */
const SCALE = 200;
/** Height of the box against its side. */
const RISE = 0.55;

/**
 * Draws a solid from farthest to nearest (the painter's algorithm), under a parallel projection.
 *
 * A point (x, y, z) is turned by `turn` about the vertical, (x cos t − y sin t, x sin t + y cos t), and
 * tilted by `tilt`: the screen's height is the second of them · sin + z · cos.
 *
 * @param {object} solid A `SurfaceSolid` of lib/report/figures/figure.ts.
 * @param {number} turn Degrees about the vertical.
 * @param {number} tilt Degrees of the eye above the plane, 0 to 90.
 * @returns {string} The content of an `<svg>` with the viewBox `0 0 320 290`.
 */
export function solidDrawing(solid, turn, tilt) {
  const { xs, ys, heights, marks } = solid;
  const [t, e] = [turn, tilt].map((degrees) => degrees * Math.PI / 180);
  const project = (x, y, z) => {
    const [right, back] = [x * Math.cos(t) - y * Math.sin(t), x * Math.sin(t) + y * Math.cos(t)];
    const up = back * Math.sin(e) + RISE * (z - 0.5) * Math.cos(e);
    return {
      left: VIEW.width / 2 + SCALE * right,
      top: VIEW.height / 2 - SCALE * up,
      depth: back * Math.cos(e) - RISE * z * Math.sin(e),
    };
  };
  const at = ({ left, top }) => `${left.toFixed(1)},${top.toFixed(1)}`;
  const floor = [[xs[0], ys[0]], [xs.at(-1), ys[0]], [xs.at(-1), ys.at(-1)], [xs[0], ys.at(-1)]]
    .map(([x, y]) => at(project(x, y, 0)));
  const tiles = [];
  for (let row = 0; row + 1 < ys.length; row++) {
    for (let column = 0; column + 1 < xs.length; column++) {
      const corners = [[0, 0], [1, 0], [1, 1], [0, 1]].map(([right, up]) => [
        xs[column + right],
        ys[row + up],
        heights[row + up][column + right],
      ]);
      if (corners.some(([, , z]) => z === null)) continue;
      const seen = corners.map(([x, y, z]) => project(x, y, z));
      tiles.push({
        depth: seen.reduce((sum, { depth }) => sum + depth, 0),
        points: seen.map(at).join(" "),
        colour: colourOf(corners.reduce((sum, [, , z]) => sum + z, 0) / 4),
      });
    }
  }
  tiles.sort((one, other) => other.depth - one.depth);
  const placed = marks.flatMap((mark) => {
    const z = heightAt(solid, mark.x, mark.y);
    return z === null ? [] : [{ ...mark, place: project(mark.x, mark.y, z) }];
  });
  return `<polygon class="floor" points="${floor.join(" ")}"/>` +
    tiles.map(({ points, colour }) => `<polygon points="${points}" fill="${colour}"/>`).join("") +
    linesOf(placed, at) + placed.map(markOf).join("");
}

/** The ways, drawn over the surface so that no ridge hides them. */
function linesOf(placed, at) {
  return ["SB", "LB"].map((owner) => {
    const points = placed.filter((mark) => mark.owner === owner).map(({ place }) => at(place));
    if (points.length < 2) return "";
    return `<polyline points="${points.join(" ")}" stroke="${OWNERS[owner]}"/>`;
  }).join("");
}

/** SB is round, LB square, and another minimum a triangle. */
function markOf({ owner, isMinimum, place: { left, top } }) {
  const size = isMinimum ? 5 : 2.5;
  const fill = `fill="${OWNERS[owner]}"`;
  const [x, y] = [left, top].map((value) => Number(value.toFixed(1)));
  if (owner === "SB") return `<circle cx="${x}" cy="${y}" r="${size}" ${fill}/>`;
  if (owner === "LB") {
    return `<rect x="${x - size}" y="${y - size}" width="${2 * size}" height="${
      2 * size
    }" ${fill}/>`;
  }
  return `<path d="M${x - size},${y + size}h${2 * size}l${-size},${-2 * size}z" ${fill}/>`;
}

/** The height at a point, linear along both axes within its cell; `null` beside the grid. */
function heightAt({ xs, ys, heights }, x, y) {
  const cell = (axis, value) => {
    const k = Math.min(axis.length - 2, axis.findLastIndex((entry) => entry <= value));
    return [k, (value - axis[k]) / (axis[k + 1] - axis[k])];
  };
  const [[column, right], [row, up]] = [cell(xs, x), cell(ys, y)];
  if (column < 0 || row < 0) return null;
  const corner = (i, j) => heights[row + i][column + j];
  const corners = [corner(0, 0), corner(0, 1), corner(1, 0), corner(1, 1)];
  if (corners.includes(null) || right > 1 || up > 1) return null;
  return (1 - up) * ((1 - right) * corners[0] + right * corners[1]) +
    up * ((1 - right) * corners[2] + right * corners[3]);
}

function colourOf(height) {
  const parts = ENDS[0].map((low, k) => Math.round(low + height * (ENDS[1][k] - low)));
  return `rgb(${parts.join(",")})`;
}
