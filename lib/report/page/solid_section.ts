import type { SurfaceSolid } from "../figures/figure.ts";
import { type Html, html, jsonFor, raw } from "./html.ts";
import { solidDrawing } from "./solid_drawing.js";

/** The angle of the still, in degrees, from which a page with scripts turns on. */
const TURN = 30;
const TILT = 45;

/** Surfaces beside each other that turn together; a still on paper and where no script runs. */
export function solidsBlock(solids: readonly SurfaceSolid[], anchor: string): Html {
  return html`
    <div class="solids" data-turn="${TURN}" data-tilt="${TILT}">
      <div
        class="solid-stage"
        role="group"
        aria-label="The surface from the side; arrow keys turn it"
        aria-describedby="${anchor}-words"
      >${solids.map(stillOf)}</div>
      <p class="solid-tools" hidden>
        <button type="button" aria-pressed="false">Turn</button>
        Drag, or use the arrow keys; Home goes back.
      </p>
      <script type="application/json">${jsonFor(solids)}</script>
    </div>
  `;
}

function stillOf(solid: SurfaceSolid): Html {
  return html`
    <div class="solid">
      <p class="panel-title">${solid.title}: log f, from the side</p>
      <svg viewBox="0 0 320 290" aria-hidden="true">${raw(solidDrawing(solid, TURN, TILT))}</svg>
    </div>
  `;
}
