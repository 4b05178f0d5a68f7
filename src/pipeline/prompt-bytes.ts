import type { Dialect } from "../spec/dialect.ts";
import type { DialectName, ModelRequest } from "../spec/request.ts";

/** Bytes of a request's prompt, for measuring only. */
export function promptBytesOf(request: ModelRequest, dialects: Readonly<Record<DialectName, Dialect>>): number {
  return request.large?.promptBytes ?? dialects[request.dialect].promptBytes(request);
}
