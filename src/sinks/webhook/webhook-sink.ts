import { createHash } from "node:crypto";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { rootCertificates } from "node:tls";
import type { AlertNotice, AlertSink } from "../../spec/alert.ts";
import type { Clock, Random } from "../../spec/clock.ts";
import { signMessage } from "./sign-message.ts";

/** What a webhook is sent with. */
export interface WebhookOptions {
  /** https, or http on this machine; checked by the config. Nothing is sent anywhere else: redirects end the try. */
  readonly url: string;
  readonly secret: string;
  /** PEM text of authorities trusted beside the built-in ones, or null. */
  readonly extraCa: string | null;
  readonly clock: Clock;
  readonly random: Random;
}

const timeoutMs = 10_000;
/** With the waits below, a receiver that restarts within half a minute gets its message. */
const triesMax = 5;
const firstWaitMs = 1_000;

/** How one try ended: null when it arrived. */
interface Failure {
  readonly reason: string;
  /** Trying again may help. */
  readonly again: boolean;
}

/**
 * Posts each notice as JSON, signed (see `signMessage`), with an `idempotency-key` that stays the same when the notice is sent again.
 * A try takes 10 s at most; five tries with doubling waits (1 s to 8 s, half of each by chance) for failures that may pass: no
 * connection, 408, 429, 5xx. The shape of the body: docs/reference/alerts.md.
 */
export function createWebhookSink(options: WebhookOptions): AlertSink {
  const { clock, random } = options;
  const wait = (ms: number): Promise<void> => new Promise((resolve) => void clock.after(ms, resolve));
  return {
    name: "webhook",
    async send(notice) {
      const body = Buffer.from(JSON.stringify(messageOf(notice)));
      const key = createHash("sha256").update(notice.id).digest("hex").slice(0, 32);
      for (let number = 1; ; number++) {
        const failure = await tryOnce(options, body, key);
        if (failure === null) return;
        if (!failure.again || number >= triesMax) throw new Error(`${failure.reason}; ${number} tries`);
        const longest = firstWaitMs * 2 ** (number - 1);
        await wait(Math.round(longest / 2 + (random() * longest) / 2));
      }
    },
  };
}

/** The body of a message. */
function messageOf({ status, alert, sinceMs, atMs, id }: AlertNotice): object {
  return {
    schema: "farthing.alert.v1",
    id,
    status,
    since: new Date(sinceMs).toISOString(),
    at: new Date(atMs).toISOString(),
    ...alert,
  };
}

function tryOnce(options: WebhookOptions, body: Buffer, key: string): Promise<Failure | null> {
  const url = new URL(options.url);
  const headers = {
    "content-type": "application/json",
    "content-length": String(body.length),
    "user-agent": "farthing-alerts",
    "idempotency-key": key,
    // A time of its own for each try: receivers refuse old ones.
    "x-farthing-signature": signMessage(options.secret, options.clock.nowMs(), body),
  };
  return new Promise((resolve) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const ca = options.extraCa === null ? {} : { ca: [...rootCertificates, options.extraCa] };
    const outgoing = send(url, { method: "POST", headers, agent: false, ...ca }, (response) => {
      // Nothing of the answer is of use but its status.
      response.destroy();
      finish(failureOf(response.statusCode ?? 0));
    });
    const stop = options.clock.after(timeoutMs, () => {
      finish({ reason: `no answer within ${timeoutMs / 1000} s`, again: true });
      outgoing.destroy();
    });
    const finish = (failure: Failure | null): void => {
      stop();
      resolve(failure);
    };
    outgoing.on("error", (error: NodeJS.ErrnoException) =>
      finish({ reason: `no connection (${error.code ?? "failed"})`, again: true }),
    );
    outgoing.end(body);
  });
}

function failureOf(status: number): Failure | null {
  if (status >= 200 && status < 300) return null;
  const again = status === 408 || status === 429 || status >= 500;
  return { reason: `the receiver answered ${status}`, again };
}
