import type { Evidence } from "../evidence.ts";
import { dag, STATES } from "./dag.ts";
import { type Html, html } from "./html.ts";
import { anchorOf, type CellFacts, type StudyFacts } from "./study_facts.ts";

/** The run behind the numbers: stages, times, surroundings, and every cell. */
export function studySection(facts: StudyFacts, evidence: readonly Evidence[]): Html {
  return html`<section id="study" aria-labelledby="study-title">
<h2 id="study-title">The study</h2>
<p>Run again with <code>${facts.command}</code>; only what changed reruns.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Chart of the stages">${dag(facts)}</div>
<p class="legend">${
    STATES.map((state) =>
      html`
        <span><svg width="12" height="12" aria-hidden="true"><rect class="state ${state.replace(
          " ",
          "-",
        )}" width="12" height="12"/></svg> ${state}</span>
      `
    )
  }</p>
${timings(facts)}
${environment(facts)}
</section>
<section id="cells" aria-labelledby="cells-title">
<h2 id="cells-title">Cells</h2>
<p>A cell is one stage at one combination of its axes; its key is a hash of all that its result
depends on.</p>
${facts.stages.map(({ name }) => cellsOfStage(name, facts, evidence))}
</section>`;
}

function timings({ stages, cells }: StudyFacts): Html {
  const rows = stages.map(({ name, description }) => {
    const own = cells.filter(({ stage }) => stage === name);
    const seconds = own.flatMap((cell) => cell.seconds ?? []);
    const total = seconds.reduce((sum, value) => sum + value, 0);
    return { name, description, own, timed: seconds.length, total };
  });
  const all = rows.reduce((sum, { total }) => sum + total, 0);
  return html`
    <h3 id="timings">Timings</h3>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="timings">
      <table>
        <thead>
          <tr>
            <th scope="col">stage</th>
            <th scope="col">cells</th>
            <th scope="col">time</th>
            <th scope="col">each</th>
            <th scope="col">share</th>
          </tr>
        </thead>
        <tbody>${rows.map(({ name, description, own, timed, total }) =>
          html`
            <tr>
              <th scope="row" title="${description}">${name}</th>
              <td>${own.length}</td>
              <td>${duration(total)}</td>
              <td>${timed > 0 ? duration(total / timed) : "–"}</td>
              <td>${all > 0 ? `${(100 * total / all).toFixed(0)} %` : "–"}</td>
            </tr>
          `
        )}</tbody>
      </table>
    </div>
    <p
      class="note">The time that each result took when it was computed, ${duration(
        all,
      )} in all; results that were reused cost nothing now.</p>
  `;
}

function environment({ environment }: StudyFacts): Html {
  return html`<h3>Environment</h3>
<dl class="facts">${
    environment.map(([name, value]) =>
      html`
        <dt>${name}</dt>
        <dd>${value}</dd>
      `
    )
  }</dl>`;
}

function cellsOfStage(
  stage: string,
  { cells, cellOfSource }: StudyFacts,
  evidence: readonly Evidence[],
): Html {
  const own = cells.filter((cell) => cell.stage === stage);
  const found = (id: string) => evidence.filter(({ source }) => cellOfSource[source] === id);
  const warned = own.filter(({ id }) => found(id).some(({ warnings }) => warnings.length > 0));
  const warnings = warned.length > 0 ? `, ${warned.length} with warnings` : "";
  return html`
    <details class="cells"
      id="cells-${stage}"><summary>${stage}: ${own.length} ${own.length === 1
        ? "cell"
        : "cells"}${warnings}</summary>${own.map((cell) =>
          cellBlock(cell, found(cell.id))
        )}</details>
  `;
}

function cellBlock(
  { id, state, reason, key, seconds, parameters, command }: CellFacts,
  evidence: readonly Evidence[],
): Html {
  const distinct = (values: readonly (string | number)[]) => [...new Set(values)];
  const facts: [string, string | undefined][] = [
    ["state", reason === undefined ? state : `${state}: ${reason}`],
    ["key", key],
    ["took", seconds === undefined ? undefined : duration(seconds)],
    ["ended", distinct(evidence.map(({ ended }) => ended)).join("; ")],
    ["seed of A", distinct(evidence.flatMap(({ seed }) => seed ?? [])).join(", ")],
    ["warnings", distinct(evidence.flatMap(({ warnings }) => warnings)).join("; ")],
    [
      "parameters",
      Object.entries(parameters).map(([name, value]) => `${name} ${JSON.stringify(value)}`)
        .join(", "),
    ],
  ];
  return html`
    <div class="cell" id="${anchorOf("cell", id)}">
      <h3>${id}</h3>
      <dl class="facts">
        ${facts.map(([name, value]) =>
          value
            ? html`
              <dt>${name}</dt>
              <dd>${value}</dd>
            `
            : ""
        )}
        <dt>compute it</dt>
        <dd><code>${command}</code></dd>
      </dl>
    </div>
  `;
}

function duration(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}
