import type { CurveRecords, SharpnessRecord, StudyRecords } from "./results.ts";
import type { SideStudies } from "./side_studies.ts";

/** What a reader should know of one record beside its numbers. */
export interface Evidence {
  /** The record, by its `source`. */
  readonly source: string;
  /** How it ended: stop reasons, epochs or iterations. */
  readonly ended: string;
  /** Seed of what was drawn at random for it alone, if anything. */
  readonly seed: number | null;
  readonly warnings: readonly string[];
}

/** How a run of the maximiser ended. */
export function endOf(
  { stopReason, iterations, evaluations }: Pick<
    SharpnessRecord,
    "stopReason" | "iterations" | "evaluations"
  >,
): string {
  return `${stopReason}, ${iterations} iterations, ${evaluations} evaluations of f`;
}

/** The evidence of all records, in the order of the stages. */
export function evidenceOf(
  { train, sharpness, ritz, spectra, measures, warm }: StudyRecords,
  { histories, paths, trajectories, batchSizes, surfaces }: CurveRecords,
  sides: SideStudies,
): Evidence[] {
  const lost = (diverged: boolean) => diverged ? ["diverged; counts in no mean"] : [];
  return [
    ...[...train, ...Object.values(sides).flat()].map((
      { source, diverged, stopReason, epochs },
    ) => ({
      source,
      ended: `${stopReason}, ${epochs} epochs`,
      seed: null,
      warnings: lost(diverged),
    })),
    ...histories.map(({ source, diverged, points }) => ({
      source,
      ended: `${Math.max(0, points.length - 1)} epochs`,
      seed: null,
      warnings: lost(diverged),
    })),
    ...sharpness.map(({ source, diverged, stopReason, iterations, ...record }) => ({
      source,
      ended: endOf({ stopReason, iterations, evaluations: record.evaluations }),
      seed: record.space === "full" ? null : record.space.seed,
      warnings: [...record.warnings, ...lost(diverged)],
    })),
    ...Object.values(sides).flat().flatMap(({ allSharpness }) => allSharpness)
      .map(({ source, ended = "", warnings = [] }) => ({ source, ended, seed: null, warnings })),
    ...ritz.map(({ source, diverged, lanczos, basis }) => ({
      source,
      ended: `${lanczos.stopReason}, ${lanczos.steps} Lanczos steps`,
      seed: basis.seed,
      warnings: lost(diverged),
    })),
    ...spectra.map(({ source, diverged, density }) => ({
      source,
      ended: `${density.nodes.length} Ritz values from ${density.probes} starts`,
      seed: density.seed,
      warnings: lost(diverged),
    })),
    ...measures.map(({ source, diverged, measures }) => ({
      source,
      ended: measures.map(({ title, how }) => `${title}: ${how}`).join("; "),
      seed: null,
      warnings: lost(diverged),
    })),
    ...warm.map(({ source, diverged, epochs }) => ({
      source,
      ended: `${epochs} epochs`,
      seed: null,
      warnings: lost(diverged),
    })),
    ...[...paths, ...trajectories].map(({ source, diverged, points }) => ({
      source,
      ended: `${points.length} points`,
      seed: null,
      warnings: lost(diverged),
    })),
    ...surfaces.map(({ source, diverged, as, bs }) => ({
      source,
      ended: `${as.length} × ${bs.length} points`,
      seed: null,
      warnings: lost(diverged),
    })),
    ...batchSizes.map(({ source, diverged, batchSize }) => ({
      source,
      ended: `batches of ${batchSize}`,
      seed: null,
      warnings: lost(diverged),
    })),
  ];
}
