import type { RenderedError } from "../spec/rendered-error.ts";
import { errors } from "../spec/errors.ts";
import type { DialectName } from "../spec/request.ts";
import type { FarthingError } from "./farthing-error.ts";

/** What a caller of `dialect` is told about `error`, ready for the dialect to write. */
export function renderedErrorOf(error: FarthingError, dialect: DialectName, requestId: string): RenderedError {
  const row = errors[error.code];
  const type = dialect === "anthropic-messages" ? row.anthropic : row.openai;
  return { code: error.code, type, message: error.message, requestId, field: error.field };
}
