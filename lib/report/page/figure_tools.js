/** Opens a figure large, and saves it as SVG, PNG or CSV, out of the page alone. */
(() => {
  /* global document, getComputedStyle, Image, XMLSerializer */
  const TITLE = 22;
  const GAP = 16;

  /** Files are light on white, whatever the page's theme. */
  const lightOnly = (text) =>
    text.replaceAll(/var\((--[a-z]+)\)/g, (whole, name) => {
      const value = getComputedStyle(document.documentElement).getPropertyValue(name);
      return /light-dark\(\s*(#[0-9a-f]+)/i.exec(value)?.[1] ?? (value.trim() || whole);
    });

  /** All drawings of a figure as one SVG, two in a row. */
  const svgOf = (figure) => {
    const panels = [...figure.querySelectorAll(".panel, .solid")].map((panel) => {
      const drawing = panel.querySelector("svg").cloneNode(true);
      const { width, height } = panel.querySelector("svg").viewBox.baseVal;
      const title = panel.querySelector(".panel-title").textContent;
      return { drawing, width, height, title };
    });
    const rows = [];
    while (panels.length > 0) rows.push(panels.splice(0, 2));
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const style = document.createElementNS(svg.namespaceURI, "style");
    style.textContent = ".floor,polyline{fill:none}polyline{stroke-width:2}" +
      ".floor{stroke:#5a5a64;stroke-dasharray:3 3}" +
      "polygon:not(.floor){stroke:#55555f;stroke-width:.35}";
    svg.append(style);
    let top = GAP;
    let widest = 0;
    for (const row of rows) {
      let left = GAP;
      for (const { drawing, width, height, title } of row) {
        const text = document.createElementNS(svg.namespaceURI, "text");
        for (
          const [name, value] of Object.entries({
            x: left,
            y: top + 14,
            "font-family": "system-ui, sans-serif",
            "font-size": 14,
            "font-weight": 600,
          })
        ) text.setAttribute(name, value);
        text.textContent = title;
        for (const [name, value] of Object.entries({ x: left, y: top + TITLE, width, height })) {
          drawing.setAttribute(name, value);
        }
        drawing.removeAttribute("style");
        svg.append(text, drawing);
        left += width + GAP;
      }
      widest = Math.max(widest, left);
      top += TITLE + GAP + Math.max(...row.map(({ height }) => height));
    }
    svg.setAttribute("viewBox", `0 0 ${widest} ${top}`);
    svg.setAttribute("width", widest);
    svg.setAttribute("height", top);
    svg.setAttribute("style", "background:#ffffff");
    return { text: lightOnly(new XMLSerializer().serializeToString(svg)), widest, top };
  };

  const pngOf = async (figure) => {
    const { text, widest, top } = svgOf(figure);
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    // Twice as fine as the screen's pixels.
    [canvas.width, canvas.height] = [2 * widest, 2 * top].map(Math.ceil);
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  };

  /** What is drawn, a row for each entry; contour lines follow from it. */
  const csvOf = (figure) => {
    const rows = [...figure.querySelectorAll("script[data-spec]")].flatMap((script) =>
      JSON.parse(script.textContent).data
        .filter(({ name, values }) => Array.isArray(values) && !name.startsWith("contours"))
        .flatMap(({ values }) => values.map((row) => ({ panel: script.dataset.spec, ...row })))
    );
    const columns = [...new Set(rows.flatMap(Object.keys))];
    const cell = (value) => {
      const text = String(value ?? "");
      return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    const lines = [columns, ...rows.map((row) => columns.map((name) => row[name]))];
    return `${lines.map((line) => line.map(cell).join(",")).join("\n")}\n`;
  };

  const save = (blob, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };

  const dialog = document.createElement("dialog");
  dialog.className = "large";
  const openLarge = (figure) => {
    const panels = figure.querySelector(".panels");
    const place = document.createComment("");
    panels.before(place);
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "Close";
    close.addEventListener("click", () => dialog.close());
    const title = Object.assign(document.createElement("h3"), { textContent: figure.ariaLabel });
    dialog.setAttribute("aria-label", figure.ariaLabel);
    dialog.replaceChildren(title, close, panels);
    dialog.addEventListener("close", () => place.replaceWith(panels), { once: true });
    dialog.showModal();
  };
  document.body.append(dialog);

  for (const figure of document.querySelectorAll(".figure")) {
    const name = figure.id.replace(/^figure-/, "");
    const tools = document.createElement("div");
    tools.className = "figure-tools";
    const actions = {
      "Open large": () => openLarge(figure),
      SVG: () => save(new Blob([svgOf(figure).text], { type: "image/svg+xml" }), `${name}.svg`),
      PNG: async () => save(await pngOf(figure), `${name}.png`),
      CSV: () => save(new Blob([csvOf(figure)], { type: "text/csv" }), `${name}.csv`),
    };
    for (const [text, act] of Object.entries(actions)) {
      const button = Object.assign(document.createElement("button"), {
        type: "button",
        textContent: text,
        ariaLabel: `${text === "Open large" ? text : `Save as ${text}`}: ${figure.ariaLabel}`,
      });
      button.addEventListener("click", act);
      tools.append(button);
    }
    figure.querySelector("figcaption").before(tools);
  }
})();
