/** Where a worst-case measure starts: the maximiser of the linearised loss, or a random point. */
export type ClimbStart = "linearised" | "random";
