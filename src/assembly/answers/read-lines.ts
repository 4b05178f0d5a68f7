import { createReadStream } from "node:fs";

/** A line of a file and where the next begins. */
export interface FileLine {
  readonly text: string;
  /** Bytes from the beginning of the file to the end of this line, its mark included. */
  readonly endsAt: number;
}

const newline = 0x0a;

/**
 * Lines of a file from a byte on, in order.
 * @throws an Error of the file system; an Error naming the place for a line above `lineBytesMax`.
 */
export async function* readLines(file: string, from: number, lineBytesMax: number): AsyncGenerator<FileLine> {
  let rest = Buffer.alloc(0);
  let at = from;
  for await (const piece of createReadStream(file, { start: from })) {
    let bytes = Buffer.concat([rest, piece as Buffer]);
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline)) {
      at += end + 1;
      yield { text: bytes.toString("utf8", 0, end), endsAt: at };
      bytes = bytes.subarray(end + 1);
    }
    if (bytes.length > lineBytesMax) throw new Error(`${file} holds a line above ${lineBytesMax} bytes at byte ${at}.`);
    rest = bytes;
  }
  if (rest.length > 0) yield { text: rest.toString("utf8"), endsAt: at + rest.length };
}
