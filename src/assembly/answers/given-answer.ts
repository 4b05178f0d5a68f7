import type { Transport } from "../../spec/transport.ts";

/** Whether an answer is one document or a stream of events. */
export type AnswerForm = "whole" | "stream";

const headersOf: Readonly<Record<AnswerForm, readonly string[]>> = {
  whole: ["content-type", "application/json"],
  stream: ["content-type", "text/event-stream"],
};

/** A provider that answers every call with the same reply, at once. Nothing is sent anywhere. */
export function givenAnswer(status: number, body: Uint8Array, form: AnswerForm = "whole"): Transport {
  return {
    send: (_call, receiver) => {
      let over = false;
      // Behind this turn: whoever sends has no hand on the call yet.
      queueMicrotask(() => {
        if (over) return;
        receiver.start(status, headersOf[form]);
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
