import assert from "node:assert/strict";
import { failureOf, lastLines, SetupFailure } from "../../lib/engine/setup/failure.ts";
import { shownProgress } from "../../lib/engine/setup/progress.ts";
import { describeInstallation } from "../../lib/engine/setup/description.ts";

function recorded(isTerminal: boolean, colour: boolean) {
  const recording = { text: "", milliseconds: 0 };
  const progress = shownProgress({
    write: (more) => recording.text += more,
    isTerminal,
    colour,
    now: () => recording.milliseconds,
  });
  return { recording, progress };
}

Deno.test("shownProgress() rewrites one line on a terminal, in colour", async () => {
  const { recording, progress } = recorded(true, true);
  await progress.step("unpack", () => Promise.resolve(recording.milliseconds = 2000));
  const [erase, cyan, green, plain] = ["\r\x1b[2K", "\x1b[36m", "\x1b[32m", "\x1b[0m"];
  assert.equal(
    recording.text,
    `${erase}  ${cyan}...${plain}    unpack  0.0 s` +
      `${erase}  ${green}ok${plain}     unpack  2.0 s\n`,
  );
});

Deno.test("shownProgress() shows a failed step and passes its error on", async () => {
  const { recording, progress } = recorded(false, false);
  const failure = new Error("no");
  await assert.rejects(progress.step("unpack", () => Promise.reject(failure)), failure);
  progress.note("waiting");
  assert.equal(recording.text, "  failed unpack  0.0 s\n  waiting\n");
});

Deno.test("failureOf() advises by the kind of error and keeps a failure as it is", () => {
  const failure = new SetupFailure({ step: "a", why: "b", mend: "c" });
  assert.equal(failureOf("other", failure, "/cache"), failure);
  assert.equal(failure.message, "Cannot a: b; c");
  const denied = Object.assign(new Error("Permission denied (os error 13)"), { code: "EACCES" });
  assert.match(failureOf("unpack", denied, "/cache").message, /make \/cache a folder that you may/);
  const full = new Error("ENOSPC: no space left on device, write");
  assert.match(failureOf("unpack", full, "/cache").message, /free 2 GB below \/cache/);
  assert.match(failureOf("unpack", "odd", "/cache").message, /^Cannot unpack: odd; .*--retry/);
});

Deno.test("lastLines() joins the last lines that say anything", () => {
  assert.equal(lastLines("a\n b\n\n c \n\n", 2), "b | c");
  assert.equal(lastLines("\n \n"), "");
});

Deno.test("describeInstallation() is one line with every reason and the log", () => {
  const reasons = [
    { step: "find pip", why: "none runs", mend: "install it", log: "/setup.log" },
    { step: "download", why: "no network", mend: "check it", log: "/setup.log" },
  ];
  assert.equal(
    describeInstallation({ kind: "portable", reasons }),
    "engine: portable (slower). Cannot find pip: none runs; install it " +
      "(then could not download: no network) [log: /setup.log]",
  );
  const native = { addonPath: "/a.node", libraryVersion: "2.21.0", digest: "d" };
  assert.equal(
    describeInstallation({ kind: "tensorflow", ...native }),
    "engine: TensorFlow 2.21.0 (/a.node)",
  );
});
