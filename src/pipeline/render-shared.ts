import { isShareableFailure } from "../policies/shareable-failure.ts";
import type { Context } from "../spec/context.ts";
import type { Reply, ReplyEnd, WholeReply } from "../spec/reply.ts";
import type { RenderedAnswer } from "../spec/translation.ts";
import { openPieces } from "./cached-answer.ts";
import type { GatheredBytes } from "./gathered-stream.ts";
import { askedBy, formName, isInForm } from "./replay-answer.ts";

/** A reply's words for one form: a reply to build on, or null where the answer cannot be said in it. */
type Said = ((end: ReplyEnd) => Reply) | null;

/**
 * One shared answer for followers that asked for it in another form than the leader. It is rendered once for each form
 * (four dialects, whole or streamed, with the usage chunk or without: sixteen at most).
 */
export class SharedForms {
  readonly #leader: Context;
  readonly #forms: Map<string, Said> = new Map();

  constructor(leader: Context) {
    this.#leader = leader;
  }

  /** A whole reply, as a follower in the leader's form gets it, for this one; null: it has to ask by itself. */
  whole(context: Context, reply: WholeReply): Reply | null {
    const { request } = this.#leader;
    const sameDialect = request.dialect === context.request.dialect;
    if (reply.status !== 200) return sameDialect && isShareableFailure(reply.status) ? reply : null;
    const form = { dialect: request.dialect, kind: "whole", streamUsage: request.streamUsage } as const;
    if (isInForm(form, context)) return reply;
    return this.#said(context, "whole", { pieces: [reply.body], end: reply.end })?.(reply.end) ?? null;
  }

  /** A gathered stream for this follower; null: it has to ask by itself. */
  stream(context: Context, gathered: GatheredBytes): Reply | null {
    return this.#said(context, "stream", gathered)?.(gathered.end) ?? null;
  }

  #said(context: Context, kind: "whole" | "stream", { pieces, end }: GatheredBytes): Said {
    const name = formName(context);
    const known = this.#forms.get(name);
    if (known !== undefined) return known;
    const { dialect, streamUsage } = this.#leader.request;
    const stored = { dialect, kind, pieces, streamUsage, usage: end.usage };
    const rendered = end.complete ? context.ports.translator.render(stored, askedBy(context)) : null;
    const said = rendered === null ? null : saidOf(rendered);
    this.#forms.set(name, said);
    return said;
  }
}

function saidOf({ kind, headers, pieces }: RenderedAnswer): (end: ReplyEnd) => Reply {
  const start = { status: 200, headers, origin: "coalesced" } as const;
  if (kind === "whole") return (end) => ({ ...start, kind, body: pieces[0] ?? new Uint8Array(0), end });
  return (end) => ({ ...start, kind, open: (sink) => openPieces(pieces, end, sink) });
}
