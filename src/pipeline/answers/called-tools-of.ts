import { concatBytes } from "../../kit/concat-bytes.ts";
import { calledToolsIn } from "../../policies/called-tools.ts";
import type { CallFacts } from "../../spec/attempt.ts";
import type { Context } from "../../spec/context.ts";
import type { JsonValue } from "../../spec/json.ts";
import type { Reply } from "../../spec/reply.ts";

const none: readonly string[] = [];

/**
 * Names of the tools that an answer calls, read from its bytes only where the route has tools whose calls may be stored.
 * Null: it calls some, and nobody knows which.
 */
export function calledToolsOf(
  { route, request, ports }: Context,
  { hasToolCalls }: CallFacts,
  kind: Reply["kind"],
  pieces: readonly Uint8Array[],
): readonly string[] | null {
  if (!hasToolCalls) return none;
  if (route.exactCache.pureTools.length === 0) return null;
  const bytes = concatBytes(pieces);
  const names = kind === "stream" ? namesIn(ports.dialects[request.dialect].foldStream(bytes)) : namesInWhole(bytes);
  return names.length === 0 ? null : names;
}

function namesIn(events: ReturnType<Context["ports"]["dialects"]["gemini"]["foldStream"]>): readonly string[] {
  return events.flatMap((event) => (event.type === "tool-call-start" ? [event.name] : []));
}

function namesInWhole(bytes: Uint8Array): readonly string[] {
  try {
    return calledToolsIn(JSON.parse(new TextDecoder().decode(bytes)) as JsonValue);
  } catch {
    return none;
  }
}
