import { Buffer } from "node:buffer";

/** Parts looked at: forms of these APIs have a dozen fields. */
const partsMax = 64;
/** Bytes of a part's headers, and of the value of a field that is asked for. */
const headBytesMax = 4_096;
const valueBytesMax = 1_024;

const boundaryPattern = /^multipart\/form-data\s*;.*?\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i;

/**
 * One short text field of a form (RFC 7578), without reading its files: null when it is not there, is a file or too long, or
 * when the body is no form. The walk goes from delimiter to delimiter, so a file of many megabytes costs one search through it.
 */
export function multipartField(contentType: string, body: Buffer, name: string): string | null {
  const boundary = boundaryPattern.exec(contentType);
  if (boundary === null) return null;
  const delimiter = Buffer.from(`--${boundary[1] ?? boundary[2]}`, "latin1");
  let start = body.indexOf(delimiter);
  for (let part = 0; part < partsMax && start >= 0; part += 1) {
    const from = start + delimiter.length;
    const next = body.indexOf(delimiter, from);
    if (next < 0) return null;
    const value = fieldOf(body.subarray(from, next), name);
    if (value !== null) return value;
    start = next;
  }
  return null;
}

/** The value of a part, from after its delimiter to before the next one, if it is the field of that name. */
function fieldOf(part: Buffer, name: string): string | null {
  const headEnd = part.subarray(0, headBytesMax).indexOf("\r\n\r\n");
  if (headEnd < 0) return null;
  const head = part.toString("utf8", 0, headEnd);
  const disposition = /^content-disposition:\s*form-data\b(.*)$/im.exec(head)?.[1] ?? "";
  if (/;\s*filename\*?=/i.test(disposition)) return null;
  const found = /;\s*name=(?:"([^"]*)"|([^\s;]+))/i.exec(disposition);
  if ((found?.[1] ?? found?.[2]) !== name) return null;
  const valueEnd = part.length - 2;
  const isWhole = valueEnd >= headEnd + 4 && valueEnd - headEnd - 4 <= valueBytesMax;
  return isWhole && part.toString("latin1", valueEnd) === "\r\n" ? part.toString("utf8", headEnd + 4, valueEnd) : null;
}
