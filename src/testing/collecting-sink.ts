import type { Reply, ReplyEnd, StreamControl, StreamReply, StreamSink } from "../spec/reply.ts";

/** Reads a stream as a caller would and remembers everything that happened to it. */
export class CollectingSink implements StreamSink {
  /** Bytes as text: what came before the end, and what came with it. */
  text = "";
  lastText = "";
  readonly ends: ReplyEnd[] = [];
  chunksAfterEnd = 0;
  chunks = 0;
  /** Answers to pieces; true when nothing is said. */
  takesMore: () => boolean = () => true;
  control: StreamControl | null = null;
  readonly #decoder: TextDecoder = new TextDecoder();

  /** Opens a stream into a new sink. @param takesMore answer to each piece. */
  static open(reply: Reply, takesMore: () => boolean = () => true): CollectingSink {
    if (reply.kind !== "stream") throw new Error(`expected a stream, got a whole reply with status ${reply.status}`);
    const sink = new CollectingSink();
    sink.takesMore = takesMore;
    sink.control = (reply satisfies StreamReply).open(sink);
    return sink;
  }

  chunk(bytes: Uint8Array): boolean {
    if (this.ends.length > 0) this.chunksAfterEnd++;
    this.chunks++;
    this.text += this.#decoder.decode(bytes, { stream: true });
    return this.takesMore();
  }

  end(lastBytes: Uint8Array, end: ReplyEnd): void {
    this.lastText += new TextDecoder().decode(lastBytes);
    this.ends.push(end);
  }

  get whole(): string {
    return this.text + this.lastText;
  }

  /** The one end; an error when there was none or more than one. */
  get onlyEnd(): ReplyEnd {
    const [end] = this.ends;
    if (end === undefined || this.ends.length !== 1) throw new Error(`expected one end, got ${this.ends.length}`);
    return end;
  }
}
