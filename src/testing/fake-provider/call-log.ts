import { closeSync, openSync, writeSync } from "node:fs";
import type { CountedTokens } from "./invoice.ts";

/** Lines kept in memory for `GET /fake/log`; older ones are in the file only. */
const linesMax = 200_000;

/** Fields that both lines of a request carry. */
interface CallLine {
  /** Position in the log, from 0, without gaps. */
  readonly line: number;
  /** Number of the request at this provider, from 1, in order of arrival. */
  readonly number: number;
  /** Wall time in milliseconds since the epoch. */
  readonly atMs: number;
  /** The machine's monotonic clock in milliseconds; on Linux the same clock in every process. */
  readonly monotonicMs: number;
  readonly method: string;
  readonly path: string;
  /** SHA-256 of the body as received, hexadecimal. */
  readonly bodySha256: string;
  /** First 16 hexadecimal digits of the SHA-256 of the API key; null without one. */
  readonly keyDigest: string | null;
  /** As asked; null where the body names none. */
  readonly model: string | null;
  readonly stream: boolean;
}

/** Written when a request is read completely. */
export interface ArrivedLine extends CallLine {
  readonly event: "arrived";
  /** Number of the request among those of its key, from 1. */
  readonly keyNumber: number;
  readonly bodyBytes: number;
  /** Names of the headers received, lower case, sorted; never values. */
  readonly headerNames: readonly string[];
  /** What goes wrong on purpose; null for an honest answer. */
  readonly behaviour: Readonly<Record<string, unknown>> | null;
}

/**
 * How a call ended. `complete`: everything was sent. `refused`: an error status was. `peer-cut`: the client went away
 * first. The others are scenarios that ran their course, and `stopped`: the provider itself was.
 */
export type CallEnd =
  | "complete"
  | "refused"
  | "peer-cut"
  | "reset"
  | "ended-early"
  | "truncated"
  | "error-event"
  | "stopped";

/** Written when the response is over. */
export interface EndedLine extends CallLine {
  readonly event: "ended";
  readonly end: CallEnd;
  /** HTTP status of the response; 0 when not a byte of it left. */
  readonly status: number;
  /** The `x-request-id` or `request-id` of the response, also when it never left; Gemini sends none, there it is `responseId`'s. */
  readonly requestId: string;
  /** The id inside the body; null for errors. */
  readonly responseId: string | null;
  /** The snapshot that answered; null for errors. */
  readonly servedModel: string | null;
  /** Bytes of the response handed to the connection, head and chunk sizes included. */
  readonly bytesSent: number;
  /** What is billed. */
  readonly tokens: CountedTokens;
  /** The final usage block was handed to the connection before anybody cut it. */
  readonly usageDelivered: boolean;
  /** Monotonic milliseconds at which the client's cut was seen; null when it did not cut. */
  readonly cutAtMs: number | null;
  /** Decimal text; "0" for errors; null where the model has no price. */
  readonly invoicePicoUsd: string | null;
}

/** One line of the log. */
export type LogLine = ArrivedLine | EndedLine;

/** A line as the writer of it knows it. */
export type NewLogLine =
  | Omit<ArrivedLine, "line" | "atMs" | "monotonicMs">
  | Omit<EndedLine, "line" | "atMs" | "monotonicMs">;

/** The machine's monotonic clock in milliseconds. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}

/**
 * The append-only log: what was received, sent and would be invoiced. Each line is written with one system call before
 * anything else happens, so it outlives the death of this process (not of the machine).
 */
export class CallLog {
  readonly #file: number | null;
  readonly #lines: string[] = [];
  #next = 0;

  /** @param file to append to, created with mode 0600; null: memory only. */
  constructor(file: string | null) {
    this.#file = file === null ? null : openSync(file, "a", 0o600);
  }

  append(line: NewLogLine): void {
    const full = { line: this.#next, ...line, atMs: Date.now(), monotonicMs: monotonicMs() };
    const text = JSON.stringify(full);
    this.#next += 1;
    if (this.#file !== null) writeSync(this.#file, `${text}\n`);
    this.#lines.push(text);
    if (this.#lines.length > linesMax) this.#lines.splice(0, linesMax / 10);
  }

  /** The lines from position `since` that are still in memory, as JSON: `{"lines": [...], "next": N}`. */
  readJson(since: number): string {
    const first = this.#next - this.#lines.length;
    return `{"lines":[${this.#lines.slice(Math.max(0, since - first)).join(",")}],"next":${this.#next}}`;
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
  }
}
