import { hash } from "node:crypto";
import { parentPort } from "node:worker_threads";
import { canonicalJson } from "../../kit/canonical-json.ts";
import { FarthingError } from "../../kit/farthing-error.ts";
import { orderedMembers } from "../../pipeline/request-key.ts";
import { allDialects } from "../../providers/dialects/all-dialects.ts";
import { saysOf } from "../../providers/translation/carried-fields.ts";
import { createTranslator } from "../../providers/translation/translator.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { ModelRequest } from "../../spec/request.ts";
import type { TranslatedRequest } from "../../spec/translated-request.ts";
import { parseJsonBody } from "./parse-json-body.ts";
import type { LargeBodyJob, LargeBodyMessage, LargeBodyReading, LargeBodyResult } from "./large-body-protocol.ts";

/**
 * The thread in which bodies above a megabyte are parsed, keyed and translated: JSON.parse of 12 MB holds a thread for some
 * 150 ms. It keeps nothing between two jobs.
 */

const depthMaxOfRead = 10_000;
/** A field of more bytes than this stays here; the loop only needs names and switches. */
const smallBytesMax = 4_096;

const translator = createTranslator(allDialects, saysOf);

function work(body: Uint8Array, job: LargeBodyJob): LargeBodyReading | Uint8Array | TranslatedRequest {
  const dialect = allDialects[job.dialect];
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const document = parseJsonBody(bytes, job.kind === "read" ? job.depthMax : depthMaxOfRead);
  const request = dialect.readRequest(document, body.byteLength, job.path);
  switch (job.kind) {
    case "read": {
      const canonical = canonicalJson(request.rest, orderedMembers);
      return {
        request: { ...request, rest: smallFields(request) },
        canonicalDigest: canonical === null ? null : hash("sha256", canonical, "base64url"),
        promptBytes: dialect.promptBytes(request),
      };
    }
    case "encode":
      return dialect.encodeRequest(request, job.edit, bytes);
    case "translate": {
      const translation = translator.between(job.dialect, job.to);
      if (translation === null) throw new FarthingError("internal_error", "No translation. Please report this.");
      return translation.request(request, job.model, job.options);
    }
  }
}

function smallFields({ rest }: ModelRequest): JsonObject {
  const small: JsonObject = {};
  for (const name in rest) {
    const value = rest[name];
    if (value === undefined) continue;
    const isSmall = typeof value !== "object" ? String(value).length <= smallBytesMax : fits(value);
    if (isSmall) small[name] = value;
  }
  return small;
}

/** Long arrays are told apart by their length: printing them to measure them would cost as much as parsing did. */
function fits(value: object | null): boolean {
  if (Array.isArray(value)) return value.length <= 16 && JSON.stringify(value).length <= smallBytesMax;
  return JSON.stringify(value).length <= smallBytesMax;
}

parentPort?.on("message", ({ id, body, job }: LargeBodyMessage) => {
  const result = resultOf(id, body, job);
  parentPort?.postMessage(result, movedWith(result));
});

/** Large bytes move back instead of being copied, where they own their buffer. */
function movedWith(result: LargeBodyResult): ArrayBuffer[] {
  if (!result.ok) return [];
  const { value } = result;
  const bytes = value instanceof Uint8Array ? value : "body" in value ? value.body : null;
  const owned = bytes !== null && bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
  return owned ? [bytes.buffer as ArrayBuffer] : [];
}

function resultOf(id: number, body: Uint8Array, job: LargeBodyJob): LargeBodyResult {
  try {
    return { id, ok: true, value: work(body, job) };
  } catch (error) {
    const known = FarthingError.isInstance(error) ? error : null;
    const message = known?.message ?? "Reading a large body failed. Please report this.";
    return { id, ok: false, code: known?.code ?? "internal_error", message, field: known?.field ?? null };
  }
}
