import type { Socket } from "node:net";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WritePace } from "./stalled-readers.ts";

const limitMs = 60_000;

/** A socket in which so many bytes were written and so many wait. */
function socket(bytesWritten: number, writeQueueSize: number): Socket {
  return { _handle: { bytesWritten, writeQueueSize } } as unknown as Socket;
}

describe("WritePace", () => {
  it("calls a caller stalled exactly when bytes wait and none was taken for the limit", () => {
    const look = fc.record({
      passMs: fc.constantFrom(1000, 20_000, 59_999, 60_000),
      written: fc.constantFrom(0, 0, 10),
      taken: fc.constantFrom(0, 0, 0, 5, 10),
    });
    fc.assert(
      fc.property(fc.array(look, { maxLength: 20 }), (looks) => {
        const pace = new WritePace();
        let [nowMs, written, taken, sinceMs] = [0, 0, 0, 0];
        let waited = false;
        for (const step of looks) {
          nowMs += step.passMs;
          written += step.written;
          const more = Math.min(step.taken, written - taken);
          taken += more;
          const waits = written > taken;
          if (!waited || more > 0) sinceMs = nowMs;
          waited = waits;
          expect(pace.isStalled(socket(written, written - taken), nowMs, limitMs)).toBe(
            waits && nowMs - sinceMs >= limitMs,
          );
        }
      }),
    );
  });

  it("never calls a closed or queued connection stalled", () => {
    const pace = new WritePace();
    for (const nowMs of [0, 1e6, 2e6]) {
      expect(pace.isStalled(null, nowMs, limitMs)).toBe(false);
      expect(pace.isStalled({ _handle: null } as unknown as Socket, nowMs, limitMs)).toBe(false);
    }
  });
});
