import type { Transport } from "../../spec/transport.ts";

const headers: readonly string[] = ["content-type", "application/json"];

/** A provider that answers every call with the same whole reply, at once. Nothing is sent anywhere. */
export function givenAnswer(status: number, body: Uint8Array): Transport {
  return {
    send: (_call, receiver) => {
      let over = false;
      // Behind this turn: whoever sends has no hand on the call yet.
      queueMicrotask(() => {
        if (over) return;
        receiver.start(status, headers);
        receiver.chunk(body);
        over = true;
        receiver.end();
      });
      return {
        resume: () => undefined,
        abort: () => {
          if (over) return;
          over = true;
          receiver.failure({ kind: "aborted", sent: true, message: "Cut by the caller." });
        },
      };
    },
  };
}
