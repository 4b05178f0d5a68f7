import { Buffer } from "node:buffer";
import { endsEvent, lastEventEnd } from "../event-boundary.ts";

/**
 * Longest unfinished event that is held back: a picture of 12 MB in base64, as the decoder of translated streams takes it.
 * Clients act on whole events only, so holding costs them nothing. A longer event flows on as it comes, unread.
 */
const heldBytesMax = 16 * 1024 * 1024;
/** Enough of an event's end to see a blank line that the next bytes complete. */
const contextBytes = 3;

/** What bytes of a stream complete. */
export interface Completed {
  /** Bytes of an event too long to hold, to pass on unread. */
  readonly flowing: Buffer | null;
  /** Whole events; the same object as the bytes pushed where nothing was held. */
  readonly events: Buffer | null;
}

/** Cuts a stream into whole events and the start of one that is to come. */
export class HeldEvent {
  /** The start of an event, in the pieces in which it came: an event of many pieces is joined once. */
  readonly #pieces: Buffer[] = [];
  #bytes = 0;
  /** The last bytes of the pieces, or of a long event. */
  #context: Buffer = Buffer.alloc(0);
  #insideLongEvent = false;

  push(bytes: Uint8Array): Completed {
    const fresh = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.#context.length === 0 && endsEvent(fresh, fresh.length, true)) return { flowing: null, events: fresh };
    const known = this.#context.length;
    const seen = known === 0 ? fresh : Buffer.concat([this.#context, fresh]);
    const atLineStart = !this.#insideLongEvent && known === this.#bytes;
    if (this.#insideLongEvent) return this.#passLong(fresh, seen, known);
    const end = lastEventEnd(seen, known, atLineStart) - known;
    if (end === 0) return this.#keep(fresh, seen);
    const events = this.#join(fresh.subarray(0, end));
    this.#keepRest(fresh.subarray(end));
    return { flowing: null, events };
  }

  /** The unfinished event, at the end of the stream; null when there is none or its start has been passed on. */
  takeRest(): Buffer | null {
    const rest = this.#insideLongEvent || this.#bytes === 0 ? null : Buffer.concat(this.#pieces);
    this.#keepRest(Buffer.alloc(0));
    return rest;
  }

  #keep(fresh: Buffer, seen: Buffer): Completed {
    if (this.#bytes + fresh.length > heldBytesMax) {
      const flowing = this.#join(fresh);
      this.#keepRest(Buffer.alloc(0));
      this.#insideLongEvent = true;
      this.#context = Buffer.from(seen.subarray(-contextBytes));
      return { flowing, events: null };
    }
    this.#pieces.push(fresh);
    this.#bytes += fresh.length;
    this.#context = Buffer.from(seen.subarray(-contextBytes));
    return { flowing: null, events: null };
  }

  /** A long event flows up to its end; what follows is looked at as if it came by itself. */
  #passLong(fresh: Buffer, seen: Buffer, known: number): Completed {
    const end = endAfter(seen, known);
    if (end === -1) {
      this.#context = Buffer.from(seen.subarray(-contextBytes));
      return { flowing: fresh, events: null };
    }
    this.#insideLongEvent = false;
    this.#context = Buffer.alloc(0);
    const flowing = fresh.subarray(0, end - known);
    const rest = fresh.subarray(end - known);
    if (rest.length === 0) return { flowing, events: null };
    const more = this.push(rest);
    return more.flowing === null ? { flowing, events: more.events } : { flowing: fresh, events: null };
  }

  #join(last: Buffer): Buffer {
    return this.#pieces.length === 0 ? last : Buffer.concat([...this.#pieces, last]);
  }

  #keepRest(rest: Buffer): void {
    this.#pieces.length = 0;
    this.#bytes = rest.length;
    if (rest.length > 0) this.#pieces.push(rest);
    this.#context = Buffer.from(rest.subarray(-contextBytes));
  }
}

/** Where the event ends in which the first `known` bytes stand; -1 when it does not yet. */
function endAfter(seen: Buffer, known: number): number {
  for (let end = known + 1; end <= seen.length; end += 1) {
    if (endsEvent(seen, end, false)) return seen[end - 1] === 0x0d && seen[end] === 0x0a ? end + 1 : end;
  }
  return -1;
}
