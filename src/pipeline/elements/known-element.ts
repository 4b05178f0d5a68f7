import type { ReusedAnswer } from "../../spec/reply.ts";
import type { Usage } from "../../spec/usage.ts";

/** The answer to one input, from the store or bought a moment ago. */
export interface KnownElement {
  /** Its JSON text. */
  readonly bytes: Uint8Array;
  /** Its share of what the provider counted when it was bought. */
  readonly usage: Usage;
  /** The snapshot that answered, where the provider told. */
  readonly servedModel: string | null;
  readonly purchase: ReusedAnswer;
}
