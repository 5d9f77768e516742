#!/usr/bin/env node
// `npx basin-sharpness …`: the command line of Basin, by the Deno that npm has installed beside it.
//
// The program is TypeScript, which Deno does not take from `node_modules`; so it is copied to the
// user's cache once a version, and set up there like a clone.
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const { version, digest } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));

function cacheFolder() {
  const { BASIN_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (BASIN_CACHE) return BASIN_CACHE;
  if (XDG_CACHE_HOME) return join(XDG_CACHE_HOME, "basin");
  if (process.platform === "win32" && LOCALAPPDATA) return join(LOCALAPPDATA, "basin");
  return join(homedir(), ".cache", "basin");
}

/** The program in the cache; copied aside and moved, so that it is there whole or not at all. */
function program() {
  const folder = join(cacheFolder(), "program", `${version}-${digest.slice(0, 12)}`);
  if (existsSync(folder)) return folder;
  const staged = `${folder}.${process.pid}`;
  mkdirSync(dirname(folder), { recursive: true });
  cpSync(join(here, "program"), staged, { recursive: true });
  try {
    renameSync(staged, folder);
  } catch (error) {
    rmSync(staged, { recursive: true, force: true });
    if (!existsSync(folder)) throw error; // another process was quicker
  }
  return folder;
}

/** Runs Deno and resolves with its exit status. */
function deno(...args) {
  const launcher = createRequire(import.meta.url).resolve("deno/bin.cjs");
  const child = spawn(process.execPath, [launcher, ...args], { stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 1)));
  });
}

// Ctrl-C reaches the child as well, which ends in good order.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});

try {
  const folder = program();
  const task = (name) => ["run", "-A", "--config", join(folder, "deno.json"), join(folder, "tasks", name)];
  const needsEngine = !process.argv.slice(2).some((each) => each === "--help" || each === "-h");
  const status = needsEngine ? await deno(...task("setup.ts"), "--quiet") : 0;
  process.exitCode = status === 0 ? await deno(...task("basin.ts"), ...process.argv.slice(2)) : status;
} catch (error) {
  console.error(`Cannot start Basin: ${error.message}`);
  process.exitCode = 1;
}
