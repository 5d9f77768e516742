import assert from "node:assert/strict";
import { measuresTable } from "../../lib/report/measures_table.ts";
import { ritzTable } from "../../lib/report/ritz_table.ts";
import {
  eigenvaluesFrom,
  largestEigenvalue,
  shareHolding,
  smallestEigenvalue,
} from "../../lib/report/spectrum.ts";
import { spectrumTable } from "../../lib/report/spectrum_table.ts";
import { measuresRecord, spectrumRecord } from "./minimum_records.ts";
import { ritzRecord, sharpnessRecord } from "./records.ts";

const SPECTRA = [spectrumRecord("LB", 0, 0.5), spectrumRecord("SB", 0, 0.02)];

Deno.test("shareHolding() counts the eigenvalues that hold a part of the sum, as a sorted list does", () => {
  // Of 1, 1, 2, −4, 12 the largest holds 12 of 20, and with −4 it holds 16.
  const nodes = [1, 2, -4, 12];
  const weights = [0.4, 0.2, 0.2, 0.2];
  // Half of −4 is enough for 0.7: linear within a node.
  const shares = [[0.6, 0.2], [0.8, 0.4], [0.7, 0.3], [1, 1]] as const;
  for (const [part, share] of shares) {
    // Sums of decimal fractions: some units of the last place.
    assert.ok(Math.abs(shareHolding(part, { nodes, weights }) - share) < 1e-14, `${part}`);
  }
  assert.equal(shareHolding(1, { nodes: [3, 0], weights: [0.25, 0.75] }), 0.25);
  assert.ok(Number.isNaN(shareHolding(0.95, { nodes: [], weights: [] })));
});

Deno.test("eigenvaluesFrom() counts weights times n, the threshold included", () => {
  const record = spectrumRecord("SB", 0, 2);
  assert.deepEqual(
    [0, 0.2, 0.21, 2, 2.01].map((threshold) => Math.round(eigenvaluesFrom(threshold, record))),
    [1000, 20, 10, 10, 0],
  );
  assert.deepEqual(largestEigenvalue(record), { value: 2, residual: 0.002 });
  assert.deepEqual(smallestEigenvalue(record), { value: 0, residual: 0.04 });
});

Deno.test("spectrumTable() has SB before LB, and of one trial the standard error of the trace", () => {
  const { rows, notes, data } = spectrumTable(SPECTRA);
  assert.deepEqual(rows, [
    ["F1 SB", "1", "0.0200", "2.0e-5", "0.00", "0.220 ± 0.020", "20", "1.45 %", "5 %"],
    ["F1 LB", "1", "0.500", "5.0e-4", "0.00", "5.50 ± 0.50", "20", "1.45 %", "5 %"],
  ]);
  assert.match(notes.join("\n"), /of 1000.*20 coordinates.*± its standard error \(n = 1\)/s);
  assert.equal(data[1]!.traceStandardError, 0.5);
});

Deno.test("spectrumTable() averages over trials and leaves out what diverged", () => {
  const { rows, notes } = spectrumTable([
    spectrumRecord("SB", 0, 1),
    spectrumRecord("SB", 1, 3),
    spectrumRecord("SB", 2, 99, { diverged: true }),
  ]);
  assert.deepEqual(rows[0]!.slice(0, 3), ["F1 SB †", "2", "2.00 ± 1.41"]);
  assert.equal(rows[0]![5], "22.00 ± 15.56"); // the sd of 11 and 33 over trials, no longer an error
  assert.deepEqual(rows[0]!.slice(6), ["20 ± 0", "1.45 ± 0.00 %", "5 ± 0 %"]);
  assert.match(notes.at(-1)!, /Diverged.*F1 SB trial 2/);
});

Deno.test("spectrumTable() says what stands behind ± where SB and LB have unlike numbers of trials", () => {
  const of = (...records: Parameters<typeof spectrumRecord>[]) =>
    spectrumTable(records.map((record) => spectrumRecord(...record)));
  const mixed = of(["SB", 0, 1], ["SB", 1, 3], ["LB", 0, 0.5]);
  assert.equal(mixed.rows[1]![5], "5.50 ± 0.50");
  assert.match(
    mixed.notes[1]!,
    /4 probes, mean ± sd over trials or ± its standard error \(n = 1\)\. Batch/,
  );
  // Each of one trial, though not of the same.
  assert.match(
    of(["SB", 0, 1], ["LB", 1, 1]).notes[1]!,
    /probes, ± its standard error \(n = 1\)\./,
  );
  const trace = { mean: 3, standardError: NaN, probes: 1 };
  const probe = of(["SB", 0, 1, { trace }]);
  assert.equal(probe.rows[0]![5], "3.00");
  assert.match(probe.notes[1]!, /trace by 1 probes\. Batch/);
});

Deno.test("spectrumTable() counts the largest eigenvalue among the large, if it is positive", () => {
  const largeOf = (top: number, weight: number) => {
    const { density } = spectrumRecord("SB", 0, 1);
    const [nodes, weights] = [[-2, top], [1 - weight, weight]];
    return spectrumTable([spectrumRecord("SB", 0, 1, { density: { ...density, nodes, weights } })])
      .rows[0]![6];
  };
  // n w is 0.3: a random start sees one eigenvalue with a weight that varies.
  assert.equal(largeOf(1, 3e-4), "1");
  assert.equal(largeOf(1, 3e-3), "3");
  assert.equal(largeOf(-1, 3e-4), "0");
});

Deno.test("spectrumTable() counts no record without a spectrum, as ritzTable() does", () => {
  const { density, directions } = spectrumRecord("SB", 0, 1);
  const nothing = spectrumRecord("SB", 1, 1, {
    density: { ...density, steps: 0, probes: 0, seed: 0, nodes: [], weights: [], residuals: [] },
    trace: { mean: NaN, standardError: NaN, probes: 0 },
    directions: { ...directions, epsilon: NaN },
  });
  const { rows, notes } = spectrumTable([spectrumRecord("SB", 0, 1), nothing]);
  assert.deepEqual(rows[0]!.slice(0, 2), ["F1 SB †", "1"]);
  assert.equal(rows[0]![5], "11.00 ± 1.00");
  assert.equal(notes.at(-1), "† Diverged, and in no mean: F1 SB trial 1.");
  assert.doesNotMatch(notes.join("\n"), /NaN|\b0 (steps|random starts|probes)/);
  assert.deepEqual(spectrumTable([nothing]).notes.length, 2);
});

Deno.test("spectrumTable() and ritzTable() say which residuals float32 cannot bear", () => {
  const said = /\|β s\|.* limit the true one to about 1e-7 λ_max/;
  const spectrumNotes = (residual: number) => {
    const { density } = spectrumRecord("SB", 0, 1);
    const residuals = [0, 0, residual];
    return spectrumTable([spectrumRecord("SB", 0, 1, { density: { ...density, residuals } })])
      .notes.join("\n");
  };
  const ritzNotes = (residual: number) => {
    const record = ritzRecord("SB", 0, 1);
    const lanczos = { ...record.lanczos, residuals: [0, residual] };
    return ritzTable([{ ...record, lanczos }]).notes.join("\n");
  };
  for (const notesOf of [spectrumNotes, ritzNotes]) {
    assert.match(notesOf(2.4e-43), said);
    assert.doesNotMatch(notesOf(1.1e-7), said);
  }
});

Deno.test("measuresTable() says for each measure which minimum is the sharper one", () => {
  const { rows, notes } = measuresTable(
    [
      sharpnessRecord("SB", 0, 66),
      sharpnessRecord("LB", 0, 221),
      sharpnessRecord("LB", 1, 1e6), // of a trial without other measures: not in this table
    ],
    SPECTRA,
    [
      measuresRecord("SB", 0, { rise: 1e-4, sigma: 0.02 }),
      measuresRecord("LB", 0, { rise: 1.2e-4, sigma: 0.03 }),
    ],
  );
  const verdicts = Object.fromEntries(rows.map((row) => [row[0], row.slice(1)]));
  assert.deepEqual(verdicts["sharpness φ (Metric 2.1), full space"], [
    ...["ε 1e-3", "1", "66.00 %", "221.00 %", "LB"],
  ]);
  // 2e-5 apart; two standard errors of the difference are 2√(1² + 1.2²)·1e-5 = 3.1e-5.
  assert.equal(verdicts["expected sharpness"]![4], "LB ≈");
  // The larger σ is the flatter minimum.
  assert.equal(verdicts["PAC-Bayes σ"]![4], "SB");
  assert.match(notes[0]!, /^One pair of minima, trial 0: n = 1/);
});

Deno.test("measuresTable() is unsettled where the interval over pairs includes none", () => {
  const of = (regime: "SB" | "LB", sigmas: readonly number[]) =>
    sigmas.map((sigma, trial) => measuresRecord(regime, trial, { rise: 1, sigma }));
  const verdictOf = (SB: readonly number[], LB: readonly number[]) =>
    measuresTable([], [], [...of("SB", SB), ...of("LB", LB)]).rows[1]!.at(-1);
  assert.equal(verdictOf([3, 4, 5], [1, 2, 3]), "LB");
  assert.equal(verdictOf([3, 1, 5], [1, 2, 3]), "LB ≈");
  assert.equal(verdictOf([1, 1], [1, 1]), "neither");
  assert.equal(verdictOf([1, 1], []), "–");
});

Deno.test("measuresTable() keeps apart what was measured in other ways", () => {
  const bases = ["gaussian", "uniform"].map((distribution) => ({
    space: { dimension: 100, distribution, seed: 1 },
  }));
  const phi = bases.flatMap((base, k) => [
    sharpnessRecord("SB", 0, 1 + k, base),
    sharpnessRecord("LB", 0, 3 + k, base),
  ]);
  const { rows } = measuresTable(phi, SPECTRA, []);
  assert.deepEqual(rows.slice(0, 2).map(([, at, n, SB]) => [at, n, SB]), [
    ["ε 1e-3, p 100, gaussian", "1", "1.00 %"],
    ["ε 1e-3, p 100, uniform", "1", "2.00 %"],
  ]);
});

Deno.test("measuresTable() says what a ± is of one trial where other measures have several", () => {
  const spectra = [...SPECTRA, spectrumRecord("LB", 1, 0.5), spectrumRecord("SB", 1, 0.02)];
  const one = [
    measuresRecord("SB", 0, { rise: 1, sigma: 2 }),
    measuresRecord("LB", 0, { rise: 2, sigma: 1 }),
  ];
  const noteOf = (...args: Parameters<typeof measuresTable>) => measuresTable(...args).notes[0]!;
  assert.match(
    noteOf([], spectra, one),
    /^Trials 0, 1: mean ± sd over trials, and where n is 1 ± the/,
  );
  assert.match(noteOf([], spectra, []), /^Trials 0, 1: mean ± sd over trials\. /);
});
