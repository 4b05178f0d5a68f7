/** A form as `multipart/form-data` carries it, as far as the fake provider looks into it. */
export interface MultipartForm {
  /** Text fields; of a repeated one the last. */
  readonly fields: ReadonlyMap<string, string>;
  /** Uploaded files by field. */
  readonly files: ReadonlyMap<string, UploadedFile>;
}

/** One uploaded file. */
export interface UploadedFile {
  readonly filename: string;
  readonly bytes: Buffer;
}

/** Most parts that are read of one form. */
const partsMax = 64;

/** Reads a form (RFC 7578); null where the type names no boundary or the body does not follow it. */
export function readMultipart(contentType: string, body: Buffer): MultipartForm | null {
  if (!/^multipart\/form-data\b/i.test(contentType)) return null;
  const found = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const boundary = found?.[1] ?? found?.[2];
  if (boundary === undefined) return null;
  const fields = new Map<string, string>();
  const files = new Map<string, UploadedFile>();
  const delimiter = Buffer.from(`--${boundary}`);
  let at = body.indexOf(delimiter);
  if (at < 0) return null;
  for (let part = 0; part < partsMax; part++) {
    const start = at + delimiter.length;
    if (body.toString("latin1", start, start + 2) === "--") return { fields, files };
    const next = body.indexOf(delimiter, start);
    if (next < 0) return null;
    // The part stands between the line end behind its delimiter and the one before the next.
    readPart(body.subarray(start + 2, next - 2), fields, files);
    at = next;
  }
  return null;
}

function readPart(part: Buffer, fields: Map<string, string>, files: Map<string, UploadedFile>): void {
  const headEnd = part.indexOf("\r\n\r\n");
  if (headEnd < 0) return;
  const head = part.toString("utf8", 0, headEnd);
  const name = /\bname="([^"]*)"/i.exec(head)?.[1];
  if (name === undefined) return;
  const bytes = part.subarray(headEnd + 4);
  const filename = /\bfilename="([^"]*)"/i.exec(head)?.[1];
  if (filename === undefined) fields.set(name, bytes.toString());
  else files.set(name, { filename, bytes });
}
