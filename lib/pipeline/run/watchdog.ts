/**
 * Thread that ends its process when the driver is gone.
 *
 * The driver holds the other end of stdin and never closes it while it lives, so its end means the
 * driver died. A thread of its own, because a stage may keep the main thread busy for minutes.
 */
const chunk = new Uint8Array(256);
while (Deno.stdin.readSync(chunk) !== null);
Deno.kill(Deno.pid, "SIGKILL"); // Nothing is lost: unpublished work has to be done again anyway.
