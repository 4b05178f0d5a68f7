import type { ErrorCode } from "../../spec/errors.ts";
import type { DialectName, ModelRequest, RequestEdit } from "../../spec/request.ts";
import type { TranslatedRequest, WriteOptions } from "../../spec/translated-request.ts";
import type { PathFacts } from "../../spec/dialect.ts";

/** What the thread is asked to do with a body. The bytes are a copy and move to the thread. */
export type LargeBodyJob =
  | { readonly kind: "read"; readonly dialect: DialectName; readonly path: PathFacts; readonly depthMax: number }
  | { readonly kind: "encode"; readonly dialect: DialectName; readonly path: PathFacts; readonly edit: RequestEdit }
  | {
      readonly kind: "translate";
      readonly dialect: DialectName;
      readonly path: PathFacts;
      readonly to: DialectName;
      readonly model: string;
      readonly options: WriteOptions;
    };

/** A job on its way. */
export interface LargeBodyMessage {
  readonly id: number;
  readonly body: Uint8Array;
  readonly job: LargeBodyJob;
}

/** What reading brings: the request with its small fields only. */
export interface LargeBodyReading {
  readonly request: ModelRequest;
  /** Text for the key's digest; null: not to be keyed. */
  readonly canonicalDigest: string | null;
  readonly promptBytes: number;
}

/** What a job brought. */
export type LargeBodyResult =
  | { readonly id: number; readonly ok: true; readonly value: LargeBodyReading | Uint8Array | TranslatedRequest }
  | {
      readonly id: number;
      readonly ok: false;
      readonly code: ErrorCode;
      readonly message: string;
      readonly field: string | null;
    };
