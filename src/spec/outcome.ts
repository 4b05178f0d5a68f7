import type { PicoUsd } from "./money.ts";

/** Something of value that happened because of model calls: a resolved ticket, a report, a sale. Posted by the application. */
export interface Outcome {
  /** The poster's own id; posting it again changes nothing. 1 to 128 characters. */
  readonly id: string;
  readonly kind: string;
  /** What it is worth in money, signed; null: not said. */
  readonly valuePicoUsd: PicoUsd | null;
  /** How much of an outcome it is, above 0; default 1. */
  readonly weight: number;
  /** What it is joined by: exactly one of the two. */
  readonly session: string | null;
  readonly requestId: string | null;
  readonly atMs: number;
  /** The key that posted it. */
  readonly keyId: string;
}
