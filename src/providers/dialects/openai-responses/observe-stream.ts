import { Buffer } from "node:buffer";
import type { StreamObserver } from "../../../spec/dialect.ts";
import { parseObject, textOf } from "../json-fields.ts";
import { createStreamObserver, type StreamRules } from "../observe-stream.ts";
import { isTerminalType } from "./fold-event.ts";
import { foldStream } from "./fold-stream.ts";
import { WholeEvents } from "./whole-events.ts";

/** Words one of which stands in every terminal event; looked for first, since most events are long to parse. */
const terminalWords = /"response\.(?:completed|incomplete|failed)"/;

const rules: StreamRules = {
  // The name of the member that the first and the terminal events have and no delta; inside a text its quotes are escaped.
  terminalMark: Buffer.from('"response"'),
  isTerminal: (data) => terminalWords.test(data) && isTerminalType(textOf(parseObject(data)?.["type"]) ?? ""),
  usageMark: null,
  isUsageChunk: () => false,
  foldStream,
};

/** Watches one response stream. Its usage rides on the terminal event, so nothing is ever left out. */
export function observeStream(_dropUsageChunk: boolean): StreamObserver {
  return new WholeEvents(createStreamObserver(rules, false), rules.isTerminal);
}
