/** The thread that runs a stage, with no more rights than its sandbox gave it. */
import { runStage } from "./run_stage.ts";
import { type FromStage, plainError, type ToStage } from "./thread_messages.ts";

/** This thread's global scope; the compiler's library describes a window. */
const thread = globalThis as unknown as {
  postMessage(message: FromStage): void;
  addEventListener(type: "message", listener: (event: MessageEvent<ToStage>) => void): void;
  close(): never;
};

// Either would end this thread without a word, and the worker would wait for ever.
Deno.exit = thread.close = () => {
  throw new Error("Cannot end the process from a stage; return from run(), or throw");
};

const mayRun = Promise.withResolvers<void>();

thread.addEventListener("message", async ({ data }) => {
  if (data.type === "run") return mayRun.resolve();
  try {
    await runStage(data.task, {
      loaded() {
        thread.postMessage({ type: "loaded" });
        return mayRun.promise;
      },
      progress: (progress) => thread.postMessage({ type: "progress", progress }),
      diverged: (reason) => thread.postMessage({ type: "diverged", reason }),
    });
    thread.postMessage({ type: "ended" });
  } catch (error) {
    thread.postMessage({ type: "failed", error: plainError(error) });
  }
});
thread.postMessage({ type: "ready" });
