/** How the page hears of news: `live`, no longer (`paused` by its user or because nobody sees it), or trying to again. */
export type FeedState = "connecting" | "live" | "paused";

/** The part of an EventSource that is used here. */
export interface EventStream {
  addEventListener(type: "change" | "open" | "error", listener: () => void): void;
  close(): void;
}

/** What a feed is made of: the browser's own things, or a test's. */
export interface FeedParts {
  /** Opens a stream of `change` events. Browsers come back by themselves when one breaks off. */
  readonly connect: () => EventStream;
  readonly onChange: () => void;
  readonly onState: (state: FeedState) => void;
}

/** News of the ledger. */
export interface LiveFeed {
  /** The user stopped it or let it go on. */
  setPaused(paused: boolean): void;
  /** The tab can be seen, or not: a hidden one holds no connection. */
  setHidden(hidden: boolean): void;
  close(): void;
}

/**
 * One stream while somebody looks. A feed that starts again may have missed something, so it always reports a change first; whoever
 * listens asks for everything anew, and nothing has to be added up from events.
 */
export function createLiveFeed(parts: FeedParts): LiveFeed {
  let stream: EventStream | null = null;
  let paused = false;
  let hidden = false;
  let started = false;
  const update = (): void => {
    const wanted = !paused && !hidden;
    if (wanted === (stream !== null)) return;
    if (!wanted) {
      stream?.close();
      stream = null;
      parts.onState("paused");
      return;
    }
    parts.onState("connecting");
    const opened = parts.connect();
    stream = opened;
    opened.addEventListener("open", () => parts.onState("live"));
    opened.addEventListener("change", parts.onChange);
    opened.addEventListener("error", () => {
      // It may be that nobody is signed in any more: asking for the figures finds out.
      if (stream !== opened) return;
      parts.onState("connecting");
      parts.onChange();
    });
    if (started) parts.onChange();
    started = true;
  };
  update();
  return {
    setPaused: (next) => {
      paused = next;
      update();
    },
    setHidden: (next) => {
      hidden = next;
      update();
    },
    close: () => {
      stream?.close();
      stream = null;
    },
  };
}
