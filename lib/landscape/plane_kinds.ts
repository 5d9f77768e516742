/** The planes that a surface is drawn on: see `lib/study/surface_plane.ts` for how each is laid. */
export const PLANE_KINDS = ["random", "eigenvectors", "trajectory", "minima"] as const;

/** One of {@link PLANE_KINDS}. */
export type PlaneKind = typeof PLANE_KINDS[number];
