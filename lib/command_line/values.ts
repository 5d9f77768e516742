/** Values of options, read from their texts. */
import { InvalidArgumentError } from "commander";

/** More cores than any machine has; a run lays a plan for each of them. */
const MOST_CORES = 65_536;

/** A name or a path. An empty one is a variable of the shell that is not set. */
export function readName(text: string): string {
  if (text.trim() !== "") return text;
  throw new InvalidArgumentError("Wanted a name; leave the option out for its default.");
}

/** A number of cores. */
export function readJobs(text: string): number {
  const jobs = numberOf(text);
  if (Number.isInteger(jobs) && jobs >= 1 && jobs <= MOST_CORES) return jobs;
  throw new InvalidArgumentError(`Wanted a number of cores, 1 to ${MOST_CORES}.`);
}

/** A whole number, `least` or more. */
export function readCount(least: number): (text: string) => number {
  return (text) => {
    const count = numberOf(text);
    if (Number.isSafeInteger(count) && count >= least) return count;
    throw new InvalidArgumentError(`Wanted a whole number, ${least} or more.`);
  };
}

/** Hours, none included. */
export function readHours(text: string): number {
  const hours = numberOf(text);
  if (Number.isFinite(hours) && hours >= 0) return hours;
  throw new InvalidArgumentError("Wanted a number of hours, 0 or more.");
}

/** A share of a number. */
export function readShare(text: string): number {
  const share = numberOf(text);
  if (share >= 0 && share < 1) return share;
  throw new InvalidArgumentError("Wanted a share from 0 to below 1, such as 1e-3.");
}

/** An empty text is no number, though JavaScript takes it for 0. */
function numberOf(text: string): number {
  return text.trim() === "" ? NaN : Number(text);
}
