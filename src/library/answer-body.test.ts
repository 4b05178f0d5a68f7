import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AnswerBody } from "./answer-body.ts";

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const quiet = { onRoom: () => undefined, onHandedOver: () => undefined, onCancel: () => undefined };

describe("an answer's body", () => {
  it("gives its reader the bytes that were pushed, in any order of pushes and reads", async () => {
    const step = fc.oneof(fc.record({ push: fc.uint8Array({ maxLength: 40_000 }) }), fc.constant("read" as const));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.boolean(), async (steps, byob) => {
        const handed: string[] = [];
        const body = new AnswerBody({ ...quiet, onHandedOver: () => void handed.push("over") });
        const next = readerOf(body.stream, byob);
        const reads: Promise<Uint8Array | null>[] = [];
        const pushed: Uint8Array[] = [];
        for (const one of steps) {
          if (one === "read") reads.push(next());
          else {
            body.push(one.push);
            pushed.push(Uint8Array.from(one.push));
            one.push.fill(0);
          }
        }
        body.end();
        const got: Uint8Array[] = [];
        for (const read of reads) got.push((await read) ?? new Uint8Array());
        for (let piece = await next(); piece !== null; piece = await next()) got.push(piece);
        expect(Buffer.concat(got).equals(Buffer.concat(pushed))).toBe(true);
        expect(handed).toEqual(["over"]);
      }),
      { numRuns: 60 },
    );
  });

  it("asks for a pause at its limit, and for more once there is room", async () => {
    let rooms = 0;
    const body = new AnswerBody({ ...quiet, onRoom: () => void (rooms += 1) });
    const piece = new Uint8Array(32_768);
    expect([body.push(piece), body.push(piece), body.push(piece)]).toEqual([true, false, false]);
    expect(body.progress).toEqual({ bytesWritten: 98_304, writeQueueSize: 98_304 });
    const reader = body.stream.getReader();
    await reader.read();
    expect(rooms).toBe(0);
    await reader.read();
    expect(rooms).toBe(1);
    expect(body.progress).toEqual({ bytesWritten: 98_304, writeQueueSize: 0 });
  });

  it("that ends over its limit is handed over when it has been read down to it", async () => {
    let over = false;
    const body = new AnswerBody({ ...quiet, onHandedOver: () => void (over = true) });
    body.push(new Uint8Array(50_000));
    body.push(new Uint8Array(50_000));
    body.end();
    expect(over).toBe(false);
    await body.stream.getReader().read();
    expect(over).toBe(true);
  });

  it("that fails throws away what waits, and takes no more", async () => {
    const body = new AnswerBody(quiet);
    body.push(new Uint8Array(100_000));
    body.fail(new Error("cut"));
    expect(body.push(new Uint8Array(100_000))).toBe(true);
    expect(body.progress.writeQueueSize).toBe(0);
    await expect(body.stream.getReader().read()).rejects.toThrow("cut");
  });

  it("that is cancelled tells its source once", async () => {
    let cancelled = 0;
    const body = new AnswerBody({ ...quiet, onCancel: () => void (cancelled += 1) });
    body.push(new Uint8Array(10));
    await body.stream.cancel();
    body.end();
    await settled();
    expect(cancelled).toBe(1);
  });
});

/** Reads one piece; null at the end. */
function readerOf(stream: ReadableStream<Uint8Array>, byob: boolean): () => Promise<Uint8Array | null> {
  if (byob) {
    const reader = stream.getReader({ mode: "byob" });
    return async () => {
      const { done, value } = await reader.read(new Uint8Array(10_000));
      return done ? null : (value ?? null);
    };
  }
  const reader = stream.getReader();
  return async () => (await reader.read()).value ?? null;
}
