/** What the page does beyond showing itself: theme, tooltips, links into folded parts. */
(() => {
  /* global document, location, localStorage, IntersectionObserver, vega */
  const root = document.documentElement;

  const select = document.getElementById("theme");
  const setTheme = (theme) => {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    select.value = theme;
  };
  // Where a browser keeps nothing for files on disk, the choice holds until the page is closed.
  const kept = (change) => {
    try {
      return change(localStorage);
    } catch {
      return null;
    }
  };
  setTheme(kept((storage) => storage.getItem("theme")) ?? "auto");
  select.addEventListener("change", () => {
    setTheme(select.value);
    kept((storage) => storage.setItem("theme", select.value));
  });

  // Not every browser opens folded parts for a link by itself.
  const unfold = (target) => {
    for (let part = target; part; part = part.parentElement) {
      if (part.tagName === "DETAILS") part.open = true;
    }
  };
  const followHash = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    unfold(target);
    target.scrollIntoView();
  };
  addEventListener("hashchange", followHash);
  // A second click on the same link changes no hash.
  document.addEventListener("click", ({ target }) => {
    const link = target.closest?.("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) followHash();
  });
  if (location.hash) followHash();
  addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll("figcaption details, .words")) part.open = true;
  });

  const tooltip = document.createElement("div");
  tooltip.id = "tooltip";
  tooltip.hidden = true;
  document.body.append(tooltip);
  const showTooltip = (_handler, event, _item, value) => {
    tooltip.hidden = value === null || value === undefined || value === "";
    if (tooltip.hidden) return;
    const list = document.createElement("dl");
    for (const [name, text] of Object.entries(value)) {
      list.append(
        Object.assign(document.createElement("dt"), { textContent: name }),
        Object.assign(document.createElement("dd"), { textContent: String(text) }),
      );
    }
    tooltip.replaceChildren(list);
    const { clientX, clientY } = event.changedTouches?.[0] ?? event;
    const { width, height } = tooltip.getBoundingClientRect();
    const left = clientX + 14 + width > root.clientWidth ? clientX - 14 - width : clientX + 14;
    const top = clientY + 14 + height > root.clientHeight ? clientY - 14 - height : clientY + 14;
    tooltip.style.left = `${Math.max(0, left)}px`;
    tooltip.style.top = `${Math.max(0, top)}px`;
  };
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") tooltip.hidden = true;
  });

  // The drawing that is there gives way to a live one that looks the same.
  const enliven = (drawing) => {
    const spec = document.querySelector(`script[data-spec="${drawing.dataset.panel}"]`);
    const live = document.createElement("div");
    const view = new vega.View(vega.parse(JSON.parse(spec.textContent)), {
      renderer: "svg",
      container: live,
      hover: true,
    });
    view.tooltip(showTooltip);
    view.runAsync().then(() => {
      drawing.replaceChildren(live);
      const svg = live.querySelector("svg");
      svg.setAttribute("role", "presentation");
      drawing.dataset.live = "";
    });
  };
  const watcher = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      enliven(target);
    }
  }, { rootMargin: "300px" });
  for (const drawing of document.querySelectorAll(".drawing")) watcher.observe(drawing);
})();
