import { parseJsonBody } from "../assembly/large-bodies/parse-json-body.ts";
import type { CallerRequest, CallerResponse } from "./caller.ts";
import { checkBodyHead, readBody } from "./read-body.ts";
import type { RequestHead } from "./read-head.ts";
import type { Surface } from "./surface.ts";

/**
 * The JSON document that was posted to a path of our own, of `bytesMax` bytes or the config's limit at most.
 * Rejects with the FarthingErrors of reading and parsing a body.
 */
export async function readOwnDocument(
  { engine }: Surface,
  request: CallerRequest,
  response: CallerResponse,
  head: RequestHead,
  bytesMax: number,
): Promise<unknown> {
  const { bodyBytesMax, jsonDepthMax } = engine.config.limits;
  const most = Math.min(bytesMax, bodyBytesMax);
  checkBodyHead(head, most);
  if (head.expectsContinue) response.writeContinue();
  return parseJsonBody(await readBody(request, most, (leave) => response.on("close", leave)), jsonDepthMax);
}
