import type { JsonBody, PreparedReply } from "../prepared-reply.ts";

/** Responses that one fake provider keeps, and tokens in them together; the oldest go first. */
const responsesMax = 4_096;
const tokensMax = 8_000_000;

/** How far a background response has come; one step each time that somebody asks for it. */
export type BackgroundState = "queued" | "in_progress" | "done" | "cancelled";

/** A response that can be asked for again. */
export interface StoredResponse {
  /** The object as JSON text, as it is in a state. */
  render(state: BackgroundState): string;
  /** The whole answer with what it costs, of a background response. */
  readonly whole: PreparedReply | null;
  /** Prompt and answer, to bound what is kept. */
  readonly tokens: number;
  /** What the caller sent with it, with ids. */
  readonly inputItems: readonly JsonBody[];
  /** Everything said until its end: what a next response with `previous_response_id` stands on. */
  readonly history: readonly JsonBody[];
  /** Null where it was answered at once. */
  background: BackgroundState | null;
}

/** Responses by owner and id, as `store: true` (the default) keeps them. The vendor keeps them 30 days, this one as long as there is room. */
export class ResponseStore {
  readonly #responses = new Map<string, StoredResponse>();
  #tokens = 0;

  /** Keeps a response under an id that is new. */
  keep(owner: string, id: string, response: StoredResponse): void {
    this.#responses.set(`${owner} ${id}`, response);
    this.#tokens += response.tokens;
    for (const key of this.#responses.keys()) {
      if (this.#responses.size <= responsesMax && this.#tokens <= tokensMax) return;
      this.#drop(key);
    }
  }

  /** Null where this owner has none of that id. */
  find(owner: string, id: string): StoredResponse | null {
    return this.#responses.get(`${owner} ${id}`) ?? null;
  }

  /** False where there was none. */
  remove(owner: string, id: string): boolean {
    return this.#drop(`${owner} ${id}`);
  }

  /** An item of an earlier response, for `item_reference`. */
  findItem(owner: string, id: string): JsonBody | null {
    for (const [key, { history }] of this.#responses) {
      const item = key.startsWith(`${owner} `) ? history.find((candidate) => candidate["id"] === id) : undefined;
      if (item !== undefined) return item;
    }
    return null;
  }

  #drop(key: string): boolean {
    this.#tokens -= this.#responses.get(key)?.tokens ?? 0;
    return this.#responses.delete(key);
  }
}
