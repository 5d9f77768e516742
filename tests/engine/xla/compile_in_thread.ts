/** Compiles with the plugin that it is told in the background, and says when that has begun. */
/// <reference lib="deno.worker" />
import { Pjrt } from "../../../lib/engine/xla/pjrt.ts";

self.onmessage = ({ data }: MessageEvent<string>) => {
  void new Pjrt(data).compile("module {}", '"f"');
  self.postMessage("compiling");
};
