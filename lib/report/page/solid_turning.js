/** Turns the surfaces of the page: by dragging, by the arrow keys, or by themselves on request. */
/* global document, matchMedia, requestAnimationFrame, solidDrawing */
for (const block of document.querySelectorAll(".solids")) {
  const solids = JSON.parse(block.querySelector("script").textContent);
  const drawings = [...block.querySelectorAll("svg")];
  const button = block.querySelector("button");
  const stage = block.querySelector(".solid-stage");
  const start = { turn: Number(block.dataset.turn), tilt: Number(block.dataset.tilt) };
  let { turn, tilt } = start;
  let isPlaying = false;

  const draw = () => {
    drawings.forEach((svg, k) => svg.innerHTML = solidDrawing(solids[k], turn, tilt));
    block.dataset.turn = String(Math.round(turn));
    block.dataset.tilt = String(Math.round(tilt));
  };
  const move = (right, up) => {
    turn = (turn + right + 360) % 360;
    tilt = Math.min(90, Math.max(0, tilt + up));
    draw();
  };
  const play = (on) => {
    isPlaying = on;
    button.setAttribute("aria-pressed", String(on));
  };

  block.querySelector(".solid-tools").hidden = false;
  stage.tabIndex = 0;
  const steps = {
    ArrowLeft: [-10, 0],
    ArrowRight: [10, 0],
    ArrowUp: [0, 5],
    ArrowDown: [0, -5],
  };
  stage.addEventListener("keydown", (event) => {
    const isReset = event.key === "Home";
    if (!steps[event.key] && !isReset) return;
    event.preventDefault();
    play(false);
    if (isReset) ({ turn, tilt } = start);
    move(...(steps[event.key] ?? [0, 0]));
  });

  // A finger that goes up or down scrolls the page; one that goes sideways turns the surface.
  let held;
  stage.addEventListener("pointerdown", (event) => {
    held = { x: event.clientX, y: event.clientY };
    stage.setPointerCapture(event.pointerId);
    play(false);
  });
  stage.addEventListener("pointermove", ({ clientX, clientY }) => {
    if (!held) return;
    move((clientX - held.x) / 2, (clientY - held.y) / 3);
    held = { x: clientX, y: clientY };
  });
  for (const end of ["pointerup", "pointercancel"]) {
    stage.addEventListener(end, () => held = undefined);
  }

  button.addEventListener("click", () => {
    // Who wants no motion gets a step for each press.
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return move(15, 0);
    play(!isPlaying);
    let last;
    const frame = (time) => {
      if (!isPlaying) return;
      if (last !== undefined) move((time - last) * 0.03, 0);
      last = time;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}
