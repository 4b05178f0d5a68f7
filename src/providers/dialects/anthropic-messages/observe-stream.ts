import { Buffer } from "node:buffer";
import type { StreamObserver } from "../../../spec/dialect.ts";
import { parseObject } from "../json-fields.ts";
import { createStreamObserver, type StreamRules } from "../observe-stream.ts";
import { foldStream } from "./fold-stream.ts";

const rules: StreamRules = {
  terminalMark: Buffer.from("message_stop"),
  isTerminal: (data) => parseObject(data)?.["type"] === "message_stop",
  usageMark: null,
  isUsageChunk: () => false,
  foldStream,
};

/** Watches one message stream. Its usage rides on events that every client needs, so nothing is ever left out. */
export function observeStream(_dropUsageChunk: boolean): StreamObserver {
  return createStreamObserver(rules, false);
}
