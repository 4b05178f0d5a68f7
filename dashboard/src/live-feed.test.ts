import { describe, expect, it } from "vitest";
import { createLiveFeed, type FeedState, type LiveFeed } from "./live-feed.ts";

interface Played {
  readonly feed: LiveFeed;
  readonly states: FeedState[];
  readonly streams: { closed: boolean; emit: (type: string) => void }[];
  changes: number;
}

function play(): Played {
  const states: FeedState[] = [];
  const streams: Played["streams"] = [];
  const counted = { changes: 0 };
  const feed = createLiveFeed({
    connect: () => {
      const listeners = new Map<string, () => void>();
      const stream = { closed: false, emit: (type: string) => listeners.get(type)?.() };
      streams.push(stream);
      return {
        addEventListener: (type, listener) => void listeners.set(type, listener),
        close: () => {
          stream.closed = true;
        },
      };
    },
    onChange: () => counted.changes++,
    onState: (state) => states.push(state),
  });
  return {
    feed,
    states,
    streams,
    get changes() {
      return counted.changes;
    },
  };
}

describe("news of the ledger", () => {
  it("come over one stream", () => {
    const { streams, states } = play();
    streams[0]?.emit("open");
    expect([streams.length, states]).toEqual([1, ["connecting", "live"]]);
  });

  it("are told on, one by one", () => {
    const played = play();
    played.streams[0]?.emit("change");
    played.streams[0]?.emit("change");
    expect(played.changes).toBe(2);
  });

  it("stop for a hidden tab and for a paused one; who comes back asks anew", () => {
    const played = play();
    played.feed.setHidden(true);
    expect([played.streams[0]?.closed, played.states.at(-1), played.changes]).toEqual([true, "paused", 0]);
    played.feed.setPaused(true);
    played.feed.setHidden(false);
    expect(played.streams.length).toBe(1);
    played.feed.setPaused(false);
    expect([played.streams.length, played.changes, played.states.at(-1)]).toEqual([2, 1, "connecting"]);
  });

  it("that break off make the page ask, which finds out why", () => {
    const played = play();
    played.streams[0]?.emit("open");
    played.streams[0]?.emit("error");
    expect([played.changes, played.states.at(-1)]).toEqual([1, "connecting"]);
  });

  it("of a stream that was closed before count for nothing", () => {
    const played = play();
    played.feed.close();
    played.streams[0]?.emit("error");
    expect(played.changes).toBe(0);
  });
});
