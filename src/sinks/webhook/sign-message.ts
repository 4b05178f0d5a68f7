import { createHmac } from "node:crypto";

/**
 * The value of `x-farthing-signature`: `t=SECONDS,v1=HEX`, an HMAC-SHA256 under the shared secret over the seconds since 1970, a
 * dot and the body's bytes, so that neither can be exchanged. The shape is that of Stripe's webhooks
 * (https://docs.stripe.com/webhooks#verify-manually), which many receivers can check already.
 */
export function signMessage(secret: string, atMs: number, body: Uint8Array): string {
  const seconds = Math.floor(atMs / 1000).toString();
  const digest = createHmac("sha256", secret).update(`${seconds}.`).update(body).digest("hex");
  return `t=${seconds},v1=${digest}`;
}
