import type { Endpoint } from "./target.ts";
import type { Timeouts } from "./route.ts";

/** One HTTP call to a provider. */
export interface ProviderCall {
  readonly endpoint: Endpoint;
  /** Default: POST. */
  readonly method?: string;
  /** Path and query. */
  readonly path: string;
  /** Names and values in turn, complete but for host and content-length. */
  readonly headers: readonly string[];
  readonly body: Uint8Array;
  readonly timeouts: Timeouts;
}

/**
 * Why a call brought no (full) answer. `sent` decides whether money may have been spent: false only when the request
 * provably never left (refused connection, name lookup, TLS, connect time-out).
 */
export interface TransportFailure {
  readonly kind:
    | "connect"
    | "connect-timeout"
    | "first-byte-timeout"
    | "idle-timeout"
    | "reset"
    | "aborted"
    | "protocol"
    | "too-large"
    | "redirect";
  readonly sent: boolean;
  /** For logs; holds no key and no body. */
  readonly message: string;
}

/** Receives a call's answer as it arrives. Exactly one of `end` and `failure` is called, last. */
export interface ProviderReceiver {
  /** Status and headers (names and values in turn), once. */
  start(status: number, headers: readonly string[]): void;
  /** False asks to pause until `resume`. */
  chunk(bytes: Uint8Array): boolean;
  end(): void;
  failure(failure: TransportFailure): void;
}

/** The hand on a call under way. */
export interface CallControl {
  resume(): void;
  /** Cuts the connection at once; `failure({kind: "aborted"})` follows. Idempotent, also before the call was dispatched. */
  abort(): void;
}

/** Sends calls to providers. Redirects are refused. */
export interface Transport {
  send(call: ProviderCall, receiver: ProviderReceiver): CallControl;
}
