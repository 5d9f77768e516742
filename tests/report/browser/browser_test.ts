/** The report in a real browser, opened from disk without a network. */
import assert from "node:assert/strict";
import { COLOURS } from "../../../lib/report/figures/theme.ts";
import { type OverviewEntry, renderOverview } from "../../../lib/report/page/overview.ts";
import { renderPage } from "../../../lib/report/page/page.ts";
import { reportModel } from "../../../lib/report/report_model.ts";
import { pageAssets } from "../../../lib/study/page/report_page.ts";
import { CURVES, FACTS, STUDY } from "../study.ts";
import { findChromium, Tab } from "./chromium.ts";

const program = findChromium();
/** Said with every ignored test. */
const REASON = program ? "" : " (needs Chromium on the PATH: apt-get install chromium)";

/** Waits until a condition holds in the page, looking once a frame; fails after 30 seconds. */
const UNTIL = (condition: string) =>
  `new Promise((resolve, reject) => {
    const end = performance.now() + 30000;
    const look = () => {
      if (${condition}) resolve(true);
      else if (performance.now() > end) reject(new Error(${JSON.stringify(condition)}));
      else requestAnimationFrame(look);
    };
    look();
  })`;

/** What reaches out of the window, folded parts of an SVG aside. */
const BEYOND = `[...document.querySelectorAll(".figure *, .cell *, h1, h2, h3, p")]
  .filter((part) => part.getBoundingClientRect().right > innerWidth + 1 && !part.closest("svg *"))
  .map((part) => part.outerHTML.slice(0, 80))`;

/** Scrolls through the page so that every drawing comes to life. */
async function enliven(tab: Tab): Promise<void> {
  await tab.evaluate(`(async () => {
    for (const drawing of document.querySelectorAll(".drawing")) {
      drawing.scrollIntoView();
      await ${UNTIL('"live" in drawing.dataset')};
    }
    scrollTo(0, 0);
  })()`);
}

/** What the page of all studies shows: a whole study with findings, and one under way with tables. */
const ALL: readonly OverviewEntry[] = [
  {
    profile: "default",
    description: "The paper's experiment on one network",
    href: "index.html",
    done: 98,
    total: 98,
    findings: ["F1: LB is sharper by a factor of 3.41, and λ_max by one of 2.2."],
    tables: [],
  },
  {
    profile: "paper-batch-size",
    description: "Does sharpness rise and accuracy fall beyond some batch size?",
    href: "_profile/paper-batch-size/index.html",
    done: 1,
    total: 40,
    findings: [],
    tables: ["Batch size: accuracy and sharpness (figure 4 in numbers)"],
  },
];

type BrowserTest = (tab: Tab, url: string) => Promise<void>;

const tests = new Map<string, BrowserTest>();

function browserTest(name: string, test: BrowserTest): void {
  tests.set(name, test);
}

browserTest("the report opens with stills, and enlivens what comes into view", async (tab, url) => {
  // Vega is slow to start: a page that brought all figures to life at once would take seconds.
  await tab.goto(url);
  const far = `[...document.querySelectorAll(".drawing")].filter((drawing) =>
    drawing.getBoundingClientRect().top > 3 * innerHeight)`;
  const [count, stills, live] = await tab.evaluate<number[]>(`[
    ${far}.length,
    ${far}.filter((drawing) => drawing.querySelector("svg")).length,
    ${far}.filter((drawing) => "live" in drawing.dataset).length,
  ]`);
  assert.ok(count! > 8, `${count} figures are far below`);
  assert.deepEqual([stills, live], [count, 0]);
});

browserTest("every figure of the report comes to life and looks as before", async (tab) => {
  const sizes = `[...document.querySelectorAll(".drawing")].map((drawing) => {
    const { width, height } = drawing.querySelector("svg").viewBox.baseVal;
    return [drawing.dataset.panel, width, height];
  })`;
  const before = await tab.evaluate<[string, number, number][]>(sizes);
  await enliven(tab);
  const after = await tab.evaluate<[string, number, number][]>(sizes);
  assert.ok(before.length >= 12);
  for (const [k, [name, width, height]] of before.entries()) {
    const [same, liveWidth, liveHeight] = after[k]!;
    assert.equal(same, name);
    // Text is measured in the browser and estimated without one, so margins differ a little.
    assert.ok(Math.abs(liveWidth - width) < 40, `${name}: ${width} became ${liveWidth} wide`);
    assert.ok(Math.abs(liveHeight - height) < 40, `${name}: ${height} became ${liveHeight} high`);
  }
});

browserTest("a point of a figure shows its numbers, and Escape hides them", async (tab) => {
  await enliven(tab);
  const text = 'document.getElementById("tooltip").textContent';
  const isHidden = 'document.getElementById("tooltip").hidden';
  assert.equal(await tab.evaluate(isHidden), true);
  await tab.point("#figure-headline .mark-symbol path[fill='var(--lb)']");
  await tab.evaluate(UNTIL(`!${isHidden}`));
  assert.match(await tab.evaluate(text), /^batchesLBtrial\dφ in %\d+/);
  const box = await tab.evaluate<{ right: number; bottom: number }>(
    'document.getElementById("tooltip").getBoundingClientRect().toJSON()',
  );
  assert.ok(box.right <= 1280 && box.bottom <= 900, "it reaches out of the window");
  await tab.call("Input.dispatchKeyEvent", { type: "keyDown", key: "Escape" });
  assert.equal(await tab.evaluate(isHidden), true);
});

browserTest("a click on a legend shows one regime alone", async (tab) => {
  await enliven(tab);
  const opacities = `[...document.querySelectorAll(
    "#figure-distance .mark-line path[stroke='var(--sb)']")].map((path) =>
    Number(path.getAttribute("opacity")))`;
  const before = await tab.evaluate<number[]>(opacities);
  assert.ok(before.length > 0 && before.every((opacity) => opacity > 0.5), `${before}`);
  // The second entry of the legend is LB.
  await tab.evaluate(`document.querySelectorAll("#figure-distance .role-legend-label text")[1]
    .setAttribute("id", "entry")`);
  await tab.point("#entry", { click: true });
  await tab.evaluate(UNTIL(`${opacities}.every((opacity) => opacity < 0.5)`));
});

browserTest("the switch of the theme recolours page and figures, and is kept", async (tab, url) => {
  const colours = `[
    getComputedStyle(document.body).backgroundColor,
    getComputedStyle(document.querySelector("#figure-headline [fill='var(--sb)']")).fill,
  ]`;
  const choose = (theme: string) =>
    tab.evaluate(`(() => {
      const select = document.getElementById("theme");
      select.value = "${theme}";
      select.dispatchEvent(new Event("change"));
    })()`);
  const [light, dark] = COLOURS["--sb"];
  await choose("light");
  assert.deepEqual(await tab.evaluate(colours), ["rgb(255, 255, 255)", rgb(light)]);
  await choose("dark");
  assert.deepEqual(await tab.evaluate(colours), ["rgb(22, 22, 26)", rgb(dark)]);
  await tab.goto(url);
  assert.equal(await tab.evaluate('document.getElementById("theme").value'), "dark");
  await choose("auto");
  for (const [scheme, colour] of [["dark", dark], ["light", light]] as const) {
    const features = [{ name: "prefers-color-scheme", value: scheme }];
    await tab.call("Emulation.setEmulatedMedia", { features });
    assert.equal((await tab.evaluate<string[]>(colours))[1], rgb(colour));
  }
});

browserTest(
  "the number of cells of a row leads to their keys, out of folded parts",
  async (tab) => {
    await tab.evaluate('document.querySelector("#table-table3 tbody a").focus()');
    await tab.call("Input.dispatchKeyEvent", { type: "keyDown", key: "Enter", text: "\r" });
    const isShown = (selector: string) =>
      UNTIL(`document.querySelector(${JSON.stringify(selector)})?.checkVisibility()`);
    await tab.evaluate(isShown("#table-table3-0"));
    await tab.point("#table-table3-0 + dd a", { click: true });
    await tab.evaluate(isShown(":target"));
    const cell = await tab.evaluate<string>('document.querySelector(":target").textContent');
    assert.match(cell, /sharpness\[eps=0\.001,regime=SB,trial=0,space=full\]\s+state\s+done\s+key/);
  },
);

for (const width of [360, 768, 1440]) {
  browserTest(`the report fits ${width} pixels, light, dark and on paper`, async (tab, url) => {
    await tab.resize(width, 800);
    await tab.goto(url);
    await enliven(tab);
    // A legend that is wider than its plot shrinks both, or is cut short.
    const illegible = `[...document.querySelectorAll(".drawing")].filter((drawing) => {
      const svg = drawing.querySelector("svg");
      const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
      return scale < 0.75 || [...svg.querySelectorAll("text")]
        .some(({ textContent }) => textContent.endsWith("\u2026"));
    }).map((drawing) => drawing.dataset.panel)`;
    assert.deepEqual(await tab.evaluate(illegible), []);
    for (const media of ["screen", "print"]) {
      for (const value of ["light", "dark"]) {
        const features = [{ name: "prefers-color-scheme", value }];
        await tab.call("Emulation.setEmulatedMedia", { media, features });
        const where = `${media}, ${value}`;
        assert.deepEqual(await tab.evaluate(BEYOND), [], where);
        const background = "getComputedStyle(document.body).backgroundColor";
        const isDark = media === "screen" && value === "dark";
        const paper = isDark ? "rgb(22, 22, 26)" : "rgb(255, 255, 255)";
        assert.equal(await tab.evaluate(background), paper, where);
        const shown = (selector: string) =>
          tab.evaluate(`document.querySelector("${selector}").checkVisibility()`);
        // On paper there is the still, and nothing to press.
        assert.equal(await shown(".solid svg"), true, where);
        for (const tools of [".figure-tools", ".solid-tools"]) {
          assert.equal(await shown(tools), media === "screen", `${tools}, ${where}`);
        }
      }
    }
    await tab.call("Emulation.setEmulatedMedia", { media: "", features: [] });
    // A window of a desk has a scrollbar, a phone has none.
    const { scrollWidth, clientWidth } = await tab.evaluate<Record<string, number>>(
      "(({ scrollWidth, clientWidth }) => ({ scrollWidth, clientWidth }))(document.documentElement)",
    );
    assert.equal(scrollWidth, clientWidth);
  });
}

browserTest("the page of all studies fits each width, and axe finds no fault", async (tab, url) => {
  const axe = await Deno.readTextFile(new URL("axe.min.js", import.meta.resolve("axe-core")));
  await tab.goto(url.replace("index.html", "all.html"));
  await tab.evaluate(axe);
  const faults = "axe.run().then(({ violations }) => violations.map(({ id }) => id))";
  for (const width of [360, 768, 1440]) {
    await tab.resize(width, 800);
    for (const value of ["light", "dark"]) {
      const features = [{ name: "prefers-color-scheme", value }];
      await tab.call("Emulation.setEmulatedMedia", { media: "", features });
      assert.deepEqual(await tab.evaluate(BEYOND), [], `${width}, ${value}`);
      assert.deepEqual(await tab.evaluate(faults), [], `${width}, ${value}`);
    }
  }
  await tab.call("Emulation.setEmulatedMedia", { media: "", features: [] });
  assert.equal(await tab.evaluate('document.querySelector(".cell a").href'), url);
});

browserTest("a figure opens large, and goes back where it was", async (tab) => {
  await enliven(tab);
  const width =
    `document.querySelector('[data-panel="accuracy-F1"] svg').getBoundingClientRect().width`;
  const before = await tab.evaluate<number>(width);
  const isWithin = `document.getElementById("figure-figure2").contains(
    document.querySelector('[data-panel="accuracy-F1"]'))`;
  await tab.point("#figure-figure2 .figure-tools button", { click: true });
  await tab.evaluate(UNTIL(`${width} > ${before * 1.3}`));
  assert.equal(await tab.evaluate(isWithin), false);
  assert.equal(await tab.evaluate('document.querySelector("dialog.large").open'), true);
  await tab.point("dialog.large button", { click: true });
  await tab.evaluate(UNTIL(isWithin));
  assert.equal(await tab.evaluate(width), before);
});

browserTest("a figure is saved as SVG, PNG and CSV", async (tab) => {
  await tab.evaluate(`(() => {
    globalThis.saved = {};
    let blob;
    URL.createObjectURL = (made) => (blob = made, "#");
    HTMLAnchorElement.prototype.click = async function () {
      const [name, kept] = [this.download, blob];
      const text = await kept.text();
      const isImage = kept.type === "image/png";
      const width = isImage ? (await createImageBitmap(kept)).width : 0;
      saved[name] = { type: kept.type, text, width };
    };
    const buttons = document.querySelectorAll("#figure-surface-trajectory .figure-tools button");
    for (const button of [...buttons].slice(1)) button.click();
  })()`);
  await tab.evaluate(UNTIL("Object.keys(saved).length === 3"));
  const saved = await tab.evaluate<Record<string, { type: string; text: string; width: number }>>(
    "saved",
  );
  const svg = saved["surface-trajectory.svg"]!.text;
  assert.match(svg, /^<svg [^>]*viewBox="0 0 \d/);
  // Outside the page there are no variables of its style.
  assert.ok(!svg.includes("var(--"));
  for (const title of ["SB: training loss", "LB: test accuracy in %", "SB: log f"]) {
    assert.ok(svg.includes(title), title);
  }
  assert.equal(saved["surface-trajectory.png"]!.type, "image/png");
  const width = Number(/ width="([\d.]+)" height="[\d.]+" style/.exec(svg)![1]);
  assert.equal(saved["surface-trajectory.png"]!.width, Math.ceil(2 * width));
  const [head, ...rows] = saved["surface-trajectory.csv"]!.text.trimEnd().split("\n");
  assert.match(head!, /^panel,a,b,.*value.*,regime/);
  // Four panels of 11 × 11 points and 4 marks.
  assert.equal(rows.length, 4 * (121 + 4));
  assert.ok(rows.every((row) => row.split(",").length === head!.split(",").length));
});

const TURNED = `(({ turn, tilt }) => [Number(turn), Number(tilt)])(
  document.querySelector("#figure-surface-random .solids").dataset)`;

browserTest("a surface turns by keys, by dragging and on request, and goes back", async (tab) => {
  const stage = "#figure-surface-random .solid-stage";
  const drawing = `document.querySelector("${stage} svg").innerHTML`;
  const still = await tab.evaluate(drawing);
  const press = async (key: string) => {
    await tab.evaluate(`document.querySelector("${stage}").focus()`);
    await tab.call("Input.dispatchKeyEvent", { type: "keyDown", key });
  };
  const start = await tab.evaluate<number[]>(TURNED);
  await press("ArrowRight");
  await press("ArrowUp");
  assert.deepEqual(await tab.evaluate(TURNED), [start[0]! + 10, start[1]! + 5]);
  assert.notEqual(await tab.evaluate(drawing), still);
  await press("Home");
  // The still is drawn by the same code as what turns.
  assert.equal(await tab.evaluate(drawing), still);
  const { x, y } = await tab.evaluate<{ x: number; y: number }>(
    `(document.querySelector("${stage}").scrollIntoView(),
      document.querySelector("${stage}").getBoundingClientRect().toJSON())`,
  );
  const mouse = (type: string, right: number) =>
    tab.call("Input.dispatchMouseEvent", { type, x: x + right, y: y + 90, button: "left" });
  await mouse("mousePressed", 60);
  await mouse("mouseMoved", 100);
  await mouse("mouseReleased", 100);
  assert.deepEqual(await tab.evaluate(TURNED), [start[0]! + 20, start[1]]);
  await tab.point("#figure-surface-random button", { click: true });
  await tab.evaluate(UNTIL(`${TURNED}[0] !== ${start[0]! + 20}`));
});

browserTest("who wants no motion turns a surface step by step", async (tab) => {
  const features = [{ name: "prefers-reduced-motion", value: "reduce" }];
  await tab.call("Emulation.setEmulatedMedia", { features });
  const [turn, tilt] = await tab.evaluate<number[]>(TURNED);
  for (const times of [1, 2]) {
    await tab.point("#figure-surface-random button", { click: true });
    await tab.evaluate(UNTIL(`${TURNED}[0] === ${turn! + 15 * times}`));
  }
  assert.equal((await tab.evaluate<number[]>(TURNED))[1], tilt);
  const pressed = 'document.querySelector("#figure-surface-random button").ariaPressed';
  assert.equal(await tab.evaluate(pressed), "false");
  await tab.call("Emulation.setEmulatedMedia", { features: [] });
});

browserTest("axe finds no fault in the report, light, dark, and all unfolded", async (tab) => {
  const axe = await Deno.readTextFile(new URL("axe.min.js", import.meta.resolve("axe-core")));
  await enliven(tab);
  await tab.evaluate(axe);
  const violations = `axe.run().then(({ violations }) =>
    violations.map(({ id, impact, nodes }) =>
      impact + " " + id + ": " + nodes.slice(0, 3).map(({ html }) => html.slice(0, 150)).join(" | ")))`;
  for (const theme of ["light", "dark"]) {
    await tab.evaluate(`(() => {
      document.documentElement.dataset.theme = "${theme}";
      for (const part of document.querySelectorAll("details")) part.open = true;
    })()`);
    assert.deepEqual(await tab.evaluate(violations), [], theme);
  }
});

/** `#0072b2` as computed styles have it. */
function rgb(hex: string): string {
  const parts = [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));
  return `rgb(${parts.join(", ")})`;
}

// One browser for all, as starting it takes longer than most of them; the page is opened anew.
Deno.test({
  name: `the report in a browser, from disk and without a network${REASON}`,
  ignore: !program,
  async fn(t) {
    const folder = await Deno.makeTempDir({ prefix: "basin-report-" });
    try {
      const assets = await pageAssets();
      const page = renderPage(await reportModel(STUDY, CURVES), FACTS, assets);
      await Deno.writeTextFile(`${folder}/index.html`, page);
      const url = `file://${folder}/index.html`;
      await Deno.writeTextFile(`${folder}/all.html`, renderOverview(ALL, assets.style));
      await using tab = await Tab.open(program!);
      for (const [name, test] of tests) {
        await t.step(name, async () => {
          await tab.resize(1280, 900);
          await tab.goto(url);
          await test(tab, url);
          assert.deepEqual(tab.faults.splice(0), []);
        });
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
