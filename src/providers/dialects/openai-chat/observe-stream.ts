import { Buffer } from "node:buffer";
import type { StreamObserver } from "../../../spec/dialect.ts";
import type { Quirks } from "../../../spec/quirks.ts";
import { arrayOf, objectOf, parseObject } from "../json-fields.ts";
import { createStreamObserver, type StreamRules } from "../observe-stream.ts";
import { foldStream, isDone } from "./fold-stream.ts";

const rules: StreamRules = {
  terminalMark: Buffer.from("[DONE]"),
  isTerminal: isDone,
  // The usage chunk has no choices. `"usage"` would be a poor mark: servers that were asked for it write it into every
  // chunk, with null; and this one is found 20 times as fast, since brackets are rare.
  usageMark: Buffer.from("[]"),
  isUsageChunk,
  foldStream,
};

/** The chunk that `include_usage` adds: a usage and no choices. A usage that rides on a chunk with text stays. */
function isUsageChunk(data: string): boolean {
  const chunk = parseObject(data);
  return chunk !== null && objectOf(chunk["usage"]) !== null && arrayOf(chunk["choices"]).length === 0;
}

/** Watches one chat completion stream. */
export function observeStream(dropUsageChunk: boolean, quirks?: Quirks): StreamObserver {
  if (quirks === undefined) return createStreamObserver(rules, dropUsageChunk);
  return createStreamObserver({ ...rules, foldStream: (bytes) => foldStream(bytes, quirks) }, dropUsageChunk);
}
