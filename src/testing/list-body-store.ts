import type { BodyStore, ChainReport, ExportedBody, StoredReplyBody, StoredRequestBody } from "../spec/body-store.ts";
import type { Scope } from "../spec/caller.ts";
import { Holdable } from "./holdable.ts";

/** A store of bodies that is an array, for tests of what stands above one. It encrypts and chains nothing. */
export class ListBodyStore extends Holdable implements BodyStore {
  readonly requests: StoredRequestBody[] = [];
  readonly replies: (StoredReplyBody & { readonly text: string })[] = [];
  /** What is asked to be kept from now on fails. */
  fails: "requests" | "replies" | "both" | "never" = "never";

  async keepRequest(request: StoredRequestBody): Promise<void> {
    if (this.fails === "requests" || this.fails === "both") throw new Error("planted: no request is kept");
    await this.#turn();
    this.requests.push(request);
  }

  async keepReply(reply: StoredReplyBody): Promise<void> {
    if (this.fails === "replies" || this.fails === "both") throw new Error("planted: no reply is kept");
    const text = reply.pieces.map((piece) => new TextDecoder().decode(piece)).join("");
    await this.#turn();
    this.replies.push({ ...reply, text });
  }

  deleteUser(_owner: Scope, user: Scope): Promise<number> {
    return Promise.resolve([...this.requests, ...this.replies].filter((body) => body.user === user).length);
  }

  verify(): Promise<ChainReport> {
    return Promise.resolve({
      records: BigInt(this.requests.length + this.replies.length),
      head: null,
      brokenAt: null,
    });
  }

  async *read(): AsyncIterable<ExportedBody> {
    // A test looks into the arrays.
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => this.whenReleased(resolve));
  }
}
