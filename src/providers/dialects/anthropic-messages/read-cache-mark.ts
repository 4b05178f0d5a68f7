import type { CacheMark } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { ReadingNotes } from "./reading-notes.ts";
import { malformed, optionalObject } from "./typed-fields.ts";

/**
 * The `cache_control` of a block or tool, ready to be spread into a part.
 * @throws FarthingError `invalid_request`
 */
export function readCacheMark(fields: Readonly<JsonObject>, path: string, notes: ReadingNotes): { cache?: CacheMark } {
  const control = optionalObject(fields, "cache_control", path);
  if (control === null) return {};
  notes.leaveOutUnknown(control, `${path}.cache_control`, ["type", "ttl"]);
  if (control["type"] !== "ephemeral") throw malformed(`${path}.cache_control.type`, '"ephemeral"');
  const lifetime = control["ttl"] ?? null;
  if (lifetime !== null && lifetime !== "5m" && lifetime !== "1h") {
    throw malformed(`${path}.cache_control.ttl`, '"5m" or "1h"');
  }
  return { cache: { lifetime } };
}
