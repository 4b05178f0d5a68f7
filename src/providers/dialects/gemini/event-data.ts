import { Buffer } from "node:buffer";
import { decodeSse } from "../../../kit/sse-decode.ts";

const blankLine: Uint8Array = Buffer.from("\n\n");

/** The data of one event, whose blank line may still be missing; empty when it has none. */
export function dataOf(event: Uint8Array): string {
  return decodeSse(Buffer.concat([event, blankLine]))[0]?.data ?? "";
}
