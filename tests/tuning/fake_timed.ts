/** A timed process without an engine: what it does depends on `BASIN_TUNING`. */
const TIMES: Readonly<Record<string, number>> = { off: 10, ymm: 8, avx2: 12, eigen: 8 };

const tuning = Deno.env.get("BASIN_TUNING")!;
const behaviour = Deno.env.get(`FAKE_${tuning}`);
const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
if (behaviour === "dies at once") {
  Deno.stderr.writeSync(new TextEncoder().encode("Illegal instruction\n"));
  Deno.exit(132);
}
say("ready");
let rounds = 0;
for await (const _ of Deno.stdin.readable) {
  rounds++;
  if (behaviour === "dies in round 3" && rounds === 3) Deno.exit(1);
  if (behaviour === "talks nonsense") say('{"step":"fast"}');
  else if (behaviour !== "hangs") {
    say(JSON.stringify({ step: TIMES[tuning], product: TIMES[tuning] }));
  }
}
