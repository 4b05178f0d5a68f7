import { randomBytes } from "node:crypto";
import type { Clock } from "../../spec/clock.ts";
import type { RedisGreeting } from "./redis-connection.ts";
import { baseOf } from "./redis-names.ts";
import { redisScripts } from "./redis-scripts.ts";
import { runScript } from "./run-script.ts";

/** What the server says of another it followed before; none is forty zeros. */
const noReplica = /^0+$/;

/**
 * Looks, on each new connection, whether the server is still the one that acknowledged what was forgotten. One that
 * started again has what its last snapshot has: without the invalidations since, but with the answers. One that was a
 * replica may lack the latest too. Then a new era begins, in which no older answer lives. Only a server that syncs its
 * append-only file before it acknowledges (`appendfsync always`) came back with everything: with `everysec` it puts off
 * its writes for up to two seconds while a sync runs, and acknowledges all the same.
 */
export async function beginEra(
  line: Parameters<RedisGreeting>[0],
  { prefix, clock }: { readonly prefix: string; readonly clock: Clock },
): Promise<void> {
  const told = readInfo(String(await line.send(["INFO"])));
  const run = told("run_id");
  if (run === null) throw new Error("the server does not tell its run_id (INFO)");
  if (told("loading") !== "0") throw new Error("the server still reads what it had");
  const first = noReplica.test(told("master_replid2") ?? "");
  const complete = first && told("aof_enabled") === "1" && (await syncsAlways(line));
  const era = randomBytes(12).toString("base64url");
  const words = [baseOf(prefix), String(clock.nowMs()), run, complete ? "1" : "0", era];
  await runScript(line, redisScripts.arrive, [`${baseOf(prefix)}r`], words);
}

/** A server that does not show its settings, as rented ones do, is taken for one that may have lost something. */
async function syncsAlways(line: Parameters<RedisGreeting>[0]): Promise<boolean> {
  const reply = await line.send(["CONFIG", "GET", "appendfsync"]).catch(() => null);
  return Array.isArray(reply) && String(reply[1]) === "always";
}

function readInfo(text: string): (name: string) => string | null {
  return (name) => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(text)?.[1] ?? null;
}
