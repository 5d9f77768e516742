/** What a plan costs, in words and as a table. */
import { counted, formatBytes, formatSeconds, formatTable } from "../display/format.ts";
import type { CellForecast, Forecast } from "../run/forecast.ts";

/** `at most about 2 min (4 min of work) and 60 MB of disk (12 GB free), as past results say`. */
export function costText(needs: Forecast, free?: number): string {
  const { cells, work, acceleratorWork, seconds, bytes, unknown } = needs;
  const parts = [];
  if (unknown < cells.size) {
    const room = free === undefined ? "" : ` (${formatBytes(free)} free)`;
    const known = [...cells.values()].filter((need) => need !== undefined);
    const count = known.filter(({ estimated }) => estimated).length;
    const models = [...new Set(known.flatMap(({ measuredOn }) => measuredOn ?? []))];
    const ofModels = models.length === 0 ? "" : ` at the rate of ${models.join(" and ")}`;
    const hours = [
      ...(acceleratorWork > 0 ? [`${about(acceleratorWork, false)} of an accelerator`] : []),
      ...(work > 0 || acceleratorWork === 0 ? [`${about(work, false)} of work`] : []),
    ];
    parts.push(
      `at most about ${about(seconds, count > 0)} (${hours.join(", ")}) and ` +
        `${formatBytes(bytes)} of disk${room}, ` +
        (count > 0
          ? `≈ estimated from the operations of ${counted(count, "cell")}${ofModels}`
          : "as past results say"),
    );
  }
  if (unknown > 0) {
    parts.push(`nothing is known of ${counted(unknown, "cell")}: their stages never ran`);
  }
  return parts.join("; ");
}

/**
 * Hours of one core, or of one accelerator, by stage and kind, with the disk that it takes; nothing
 * where a single stage runs.
 *
 * ```text
 * stage  cells  F1      C1     work   disk
 * train  20     12 min  ≈14 h  ≈14 h  1.2 GB
 * ```
 */
export function costTable({ cells }: Forecast): string {
  const open = [...cells].map(([{ stage: { name, cpus } }, need]) => ({
    stage: name,
    need: need && { ...need, seconds: need.accelerated ? need.seconds : cpus * need.seconds },
  }));
  const stages = [...new Set(open.map(({ stage }) => stage))];
  const known = open.flatMap(({ need }) => need ? [need] : []);
  if (stages.length < 2 || known.length === 0) return "";
  const kinds = [...new Set(known.flatMap(({ kind }) => kind === undefined ? [] : [kind]))];
  const columns = kinds.length > 1 ? kinds : [];
  const rowOf = (name: string, all: readonly (CellForecast | undefined)[]) => {
    const needs = all.filter((need) => need !== undefined);
    return [
      name,
      `${all.length}`,
      ...columns.map((kind) => workText(needs.filter((need) => need.kind === kind))),
      workText(needs),
      needs.length > 0 ? formatBytes(sum(needs.map(({ bytes }) => bytes))) : "",
    ];
  };
  const rows = stages.map((name) =>
    rowOf(name, open.filter(({ stage }) => stage === name).map(({ need }) => need))
  );
  return formatTable([
    ["stage", "cells", ...columns, "work", "disk"],
    ...rows,
    rowOf("all", open.map(({ need }) => need)),
  ]);
}

function workText(needs: readonly CellForecast[]): string {
  const seconds = sum(needs.map(({ seconds }) => seconds));
  if (seconds === 0) return "";
  return about(seconds, needs.some(({ estimated }) => estimated));
}

/** Short, since a study may have many kinds: `≈5.7 h`. */
function about(seconds: number, isEstimated: boolean): string {
  const hours = seconds / 3600;
  const text = hours < 1 ? formatSeconds(seconds) : `${hours.toFixed(hours < 9.95 ? 1 : 0)} h`;
  return `${isEstimated ? "≈" : ""}${text}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
