/** What happens where the disk fills up: on a file system of 8 MB, if this system lets us mount one. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { smallStudy, toyStudy } from "../pipeline/toy_study.ts";

async function run(command: string, ...args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args, stderr: "null" }).output()).success;
  } catch {
    return false; // there is no such program
  }
}

const probe = await Deno.makeTempDir({ prefix: "basin-mount-" });
const canMount = await run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", probe);
if (canMount) await run("umount", probe);
await Deno.remove(probe);

/** Fills the disk where `where` says: while it writes its output, or its checkpoint before that. */
const FILLER = `import { z } from "zod";
export default {
  summary: "Writes much",
  parameters: z.strictObject({ megabytes: z.int(), checkpoint: z.boolean() }),
  run(context) {
    const { megabytes, checkpoint } = context.parameters;
    const bytes = new Uint8Array(megabytes * 1e6).fill(7);
    if (checkpoint) context.checkpoint.save({ bytes });
    Deno.writeFileSync(context.output("out"), checkpoint ? bytes.subarray(0, 1000) : bytes);
  },
};
`;

Deno.test({
  name: "a full disk is named, leaves nothing half done, and a larger one goes on",
  ignore: !canMount, // needs the right to mount
  async fn() {
    await using study = await toyStudy(`version: 1
params: { much: { megabytes: 64 } }
stages:
  small: { run: small.ts, outputs: { out: out } }
  huge: { run: filler.ts, params: [much, { checkpoint: false }], outputs: { out: out } }
  saves: { run: filler.ts, params: [much, { checkpoint: true }], outputs: { out: out } }
`);
    await study.write("filler.ts", FILLER);
    await study.stage("small");
    const disk = `${study.folder}/artifacts`;
    await Deno.mkdir(disk);
    assert.ok(await run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk));
    try {
      const { code, stderr } = await study.basin("run", "-j", "1");
      assert.equal(code, 1, stderr);
      assert.match(stderr, /failed +huge .*of 8\.4 MB are free in .*make room and run again/);
      assert.deepEqual(Object.keys(await study.view()).sort(), [
        "artifacts/view/saves/out",
        "artifacts/view/small/out",
      ], "a checkpoint that cannot be saved is no failure");
      assert.equal((await study.basin("verify", "--full")).code, 0, "no object is there in part");
      assert.deepEqual([...Deno.readDirSync(`${disk}/tmp`)], []);
      assert.ok(
        !existsSync(`${disk}/checkpoints`) ||
          [...Deno.readDirSync(`${disk}/checkpoints`)].length === 0,
      );

      assert.ok(await run("mount", "-o", "remount,size=200m", disk));
      assert.deepEqual(
        await study.startsDuring(async () => {
          assert.equal((await study.basin("run", "-j", "1")).code, 0);
        }),
        [],
      );
      assert.equal((await Deno.stat(`${disk}/view/huge/out`)).size, 64e6);
    } finally {
      await run("umount", "-l", disk);
    }
  },
});

Deno.test({
  name: "on a full disk nothing is called written that is not, and what was there stays",
  ignore: !canMount,
  async fn() {
    await using study = await smallStudy();
    assert.equal((await study.basin("run")).code, 0);
    const disk = `${study.folder}/disk`;
    await Deno.mkdir(disk);
    assert.ok(await run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk));
    try {
      assert.equal((await study.basin("show", "--tidy", "disk/table.csv")).code, 0);
      const table = await study.read("disk/table.csv");
      await run("dd", "if=/dev/zero", `of=${disk}/filler`, "bs=1k", "count=256");
      const refusals: [string[], RegExp][] = [
        [["export", "disk/bundle.tar"], /the disk is full: make room/],
        [["show", "--tidy", "disk/table.csv"], /Cannot write disk\/table\.csv: the disk is full/],
        [["run", "--artifacts", "disk/artifacts"], /the disk is full: make room/],
      ];
      for (const [args, message] of refusals) {
        const { code, stderr } = await study.basin(...args);
        assert.ok(code === 1 || code === 2, `${args}: ${code}`);
        assert.match(stderr, message);
      }
      assert.ok(!existsSync(`${disk}/bundle.tar`));
      assert.equal(await study.read("disk/table.csv"), table);
      await Deno.remove(`${disk}/filler`);
      const status = await study.basin("status", "--artifacts", "disk/artifacts");
      assert.equal(status.code, 0, status.stderr);
      assert.equal((await study.basin("export", "disk/bundle.tar")).code, 0);
    } finally {
      await run("umount", "-l", disk);
    }
  },
});
