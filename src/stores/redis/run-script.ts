import { createHash } from "node:crypto";
import type { RedisConnection, RedisReply, RedisWord } from "./redis-connection.ts";

/** A script with the name that the server keeps it under. */
export interface RedisScript {
  readonly source: string;
  readonly sha: string;
}

/** Prepares a script. */
export function redisScript(source: string): RedisScript {
  return { source, sha: createHash("sha1").update(source).digest("hex") };
}

/** Runs a script by its name; sends it whole where the server does not know it (a new one, or one that was emptied). */
export async function runScript(
  connection: Pick<RedisConnection, "send">,
  script: RedisScript,
  keys: readonly string[],
  words: readonly RedisWord[],
): Promise<RedisReply> {
  const rest = [String(keys.length), ...keys, ...words];
  try {
    return await connection.send(["EVALSHA", script.sha, ...rest]);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
    return connection.send(["EVAL", script.source, ...rest]);
  }
}
