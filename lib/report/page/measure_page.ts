import type { RenderedFigure } from "../figures/render.ts";
import type { MeasuredModel } from "../measured_model.ts";
import { showNumber } from "../summary.ts";
import { type Html, html, indexed, raw } from "./html.ts";

/** Two models by one measure. */
export interface ComparedRow {
  readonly title: string;
  readonly values: readonly string[];
  /** Which is the sharper one, in words. */
  readonly sharper: string;
}

/**
 * What `basin measure` found, as one HTML file that needs no network and no scripts.
 *
 * @param compared Of two models, the measures that both have.
 * @param isWhole Whether all that was asked for has been measured.
 * @param style The style sheet of all pages.
 *
 * @example
 * ```ts
 * import { renderMeasurePage } from "./measure_page.ts";
 * import assert from "node:assert/strict";
 *
 * const model = {
 *   name: "a<b.onnx",
 *   dimension: 7,
 *   place: "0.5 nats, accuracy 100.00 %",
 *   gradientNorm: 1e-3,
 *   understood: [],
 *   rows: [{ title: "trace of the Hessian", value: "3", scale: "", how: "10 probes" }],
 *   failures: {},
 *   climbs: [],
 *   layers: [],
 * };
 * assert.match(renderMeasurePage([model], [], [], true, ""), /a&lt;b\.onnx[^]*trace of the Hessian/);
 * ```
 */
export function renderMeasurePage(
  models: readonly MeasuredModel[],
  compared: readonly ComparedRow[],
  figures: readonly RenderedFigure[],
  isWhole: boolean,
  style: string,
): string {
  const names = models.map(({ name }) => name);
  return html`
    <!DOCTYPE html>
    <html lang="en-GB">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>How sharp is ${names.join(" beside ")}?</title>
        <link rel="icon" href="data:,">
        <style>${raw(style)}</style>
      </head>
      <body>
        <header>
          <div>
            <h1>How sharp is ${names.join(" beside ")}?</h1>
            ${!isWhole && html`<p class="lead">Stopped before all was measured.</p>`}
          </div>
        </header>
        <main>
          ${compared.length > 0 && comparisonSection(names, compared)}
          ${models.map(modelSection)}
          ${figures.length > 0 && html`
            <section aria-labelledby="figures-title">
              <h2 id="figures-title">Figures</h2>
              ${figures.map(figureBlock)}
            </section>
          `}
        </main>
      </body>
    </html>
  `.html.trim() + "\n";
}

function comparisonSection(names: readonly string[], compared: readonly ComparedRow[]): Html {
  return html`
    <section aria-labelledby="comparison-title">
      <h2 id="comparison-title">Side by side</h2>
      <div class="scroll" tabindex="0" role="region" aria-label="The models side by side">
        <table>
          <thead>
            <tr><th scope="col">measure</th>${names.map((name) =>
              html`<th scope="col">${name}</th>`
            )}<th scope="col">sharper</th></tr>
          </thead>
          <tbody>${compared.map(({ title, values, sharper }) =>
            html`<tr><th scope="row">${title}</th>${
              values.map((value) => html`<td>${value}</td>`)
            }<td>${sharper}</td></tr>`
          )}</tbody>
        </table>
      </div>
    </section>
  `;
}

function modelSection(model: MeasuredModel): Html {
  const { name, dimension, place, gradientNorm, understood, rows, failures } = model;
  const failed = Object.entries(failures);
  return html`
    <section aria-label="${name}">
      <h2>${name}</h2>
      <p>n = ${dimension}, f = ${place}, ‖∇f‖ = ${showNumber(gradientNorm)}.</p>
      <div class="scroll" tabindex="0" role="region" aria-label="Measures of ${name}">
        <table class="measures">
          <thead><tr><th scope="col">measure</th><th scope="col">value</th><th scope="col">at</th><th
            scope="col">how it was found</th></tr></thead>
          <tbody>${rows.map(({ title, value, scale, how }) =>
            html`
              <tr>
                <th scope="row">${title}</th>
                <td>${value}</td>
                <td>${scale}</td>
                <td class="how">${how}</td>
              </tr>
            `
          )}</tbody>
        </table>
      </div>
      ${failed.length > 0 && html`
        <h3>Not had</h3>
        <dl class="absent">${failed.map(([title, why]) =>
          html`
            <dt>${title}</dt>
            <dd class="missing">${why}</dd>
          `
        )}</dl>
      `}
      ${model.layers.length > 0 && layersTable(model)}
      <details><summary>What was understood of model and data</summary><ul>${understood.map((
        sentence,
      ) => html`<li>${sentence}</li>`)}</ul></details>
    </section>
  `;
}

function layersTable({ name, layers }: MeasuredModel): Html {
  return html`
    <details>
      <summary>Largest eigenvalue of each of ${layers.length} layers</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Layers of ${name}">
        <table>
          <thead>
            <tr>
              <th scope="col">layer</th>
              <th scope="col">largest eigenvalue</th>
              <th
                scope="col">residual</th>
            </tr>
          </thead>
          <tbody>${layers.map(({ layer, value, residual }) =>
            html`
              <tr>
                <th scope="row">${layer}</th>
                <td>${showNumber(value)}</td>
                <td>${showNumber(residual)}</td>
              </tr>
            `
          )}</tbody>
        </table>
      </div>
    </details>
  `;
}

function figureBlock({ name, title, caption, alternative, panels }: RenderedFigure): Html {
  return html`
    <figure class="figure" id="${name}" aria-label="${title}">
      <h3>${title}</h3>
      <div class="panels">${panels.map((panel) =>
        html`
          <div class="panel">
            <h4>${panel.title}</h4>
            <div class="drawing" role="img"
              aria-label="${panel.title}" aria-describedby="${name}-words">${raw(panel.svg)}</div>
          </div>
        `
      )}</div>
      <figcaption>${indexed(caption)} <span id="${name}-words">${alternative}</span></figcaption>
    </figure>
  `;
}
