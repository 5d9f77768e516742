/** Runs a stage in a thread that can touch nothing but what its study declares. */
import { resolve } from "node:path";
import type { Attempt } from "../store/attempt.ts";
import type { Job } from "./job.ts";
import { withRealPaths } from "./real_path.ts";
import { refusalText } from "./refusal.ts";
import type { StageRunner, StageTask } from "./stage_task.ts";
import type { FromStage, ToStage } from "./thread_messages.ts";

/** Where the compute engine and what downloads keep lie; the edge knows. Paths are absolute. */
export interface SandboxFolders {
  /** Read, and native libraries loaded from. */
  readonly engine: readonly string[];
  /** Read and written by stages that may use the network. */
  readonly downloads: readonly string[];
  /** Read and written by stages that use the engine: programs that it has compiled. */
  readonly compiled: readonly string[];
  /** Whether the engine handles pointers itself, which Deno grants only with every native library. */
  readonly pointers: boolean;
}

/** The rights of a thread, as Deno's worker option names them. */
export type Rights = Deno.PermissionOptionsObject;

/**
 * The rights of a stage: to read its code, packages, inputs and the engine, and to write its
 * attempt; further files and hosts only as the YAML allows.
 *
 * System facts stay open, and so does the environment that the worker was given, which has little
 * more than the stage declares. What of them changes a result is part of the key. Native code
 * itself is not fenced in, and through it all else can be reached: so only stages that declare
 * `engine` may load it.
 *
 * Deno compares paths as texts, and a stage may name a file with links in the path or without: each
 * is granted both ways.
 */
export function rightsOf(
  { project, document, lazy, access }: Job,
  { inputs, checkpoints }: Pick<StageTask, "inputs" | "checkpoints">,
  { work, scratch, inputs: links }: Attempt,
  { engine, downloads, compiled, pointers }: SandboxFolders,
): Rights {
  const packages = resolve(project, "node_modules");
  const native = [packages, ...engine];
  const code = [...Object.keys(document.modules), ...lazy].map((name) => resolve(project, name));
  const artifacts = inputs.flatMap(({ artifacts }) => artifacts.map(({ path }) => path));
  const kept = access.net === false || (Array.isArray(access.net) && access.net.length === 0)
    ? []
    : downloads;
  const programs = document.preimage.engine === undefined ? [] : compiled;
  const write = [work, scratch, checkpoints, ...access.write, ...kept, ...programs];
  return {
    read: withRealPaths([...code, ...native, ...artifacts, links, ...access.read, ...write]),
    write: withRealPaths(write),
    net: typeof access.net === "boolean" ? access.net : [...access.net],
    ffi: document.preimage.engine === undefined ? false : pointers || withRealPaths(native),
    env: true,
    sys: true,
    run: false,
    import: false,
  };
}

/** A runner that gives the stage a thread of its own with these rights. */
export function sandboxed(rights: Rights): StageRunner {
  return async (task, hooks) => {
    const thread = new Worker(new URL("./stage_thread.ts", import.meta.url), {
      type: "module",
      name: "stage",
      deno: { permissions: rights },
    });
    const send = (message: ToStage) => thread.postMessage(message);
    const ended = Promise.withResolvers<void>();
    const hear = async (message: FromStage): Promise<void> => {
      switch (message.type) {
        case "ready":
          return send({ type: "load", task });
        case "loaded":
          await hooks.loaded();
          return send({ type: "run" });
        case "progress":
          return hooks.progress(message.progress);
        case "diverged":
          return hooks.diverged(message.reason);
        case "ended":
          return ended.resolve();
        case "failed": {
          const { name, stack } = message.error;
          const refusal = name === "NotCapable" ? refusalText(message.error.message) : undefined;
          const error = new Error(refusal ?? message.error.message);
          error.name = refusal === undefined ? name : "TypeError";
          error.stack = refusal === undefined ? stack : `${refusal}\n${stack}`;
          ended.reject(error);
        }
      }
    };
    thread.onmessage = ({ data }: MessageEvent<FromStage>) => {
      hear(data).catch(ended.reject);
    };
    // What nobody in the stage awaited, or an error while its thread starts.
    thread.onerror = (event) => {
      event.preventDefault();
      ended.reject(new Error(event.message));
    };
    try {
      await ended.promise;
    } finally {
      thread.terminate();
    }
  };
}
