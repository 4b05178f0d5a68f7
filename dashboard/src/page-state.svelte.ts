import type { LatestRequest, Overview } from "../../src/spec/admin-api.ts";
import { type AdminClient, type Answer, createAdminClient, type StoredRequest } from "./admin-client.ts";
import { createLiveFeed, type FeedState, type LiveFeed } from "./live-feed.ts";
import { readLinkToken, readViewState, type ViewState, writeViewState } from "./view-state.ts";

/** Requests in the list of the latest. */
const latestMax = 50;
/** A window ends now, so its figures change without any news, milliseconds. */
const refreshMs = 30_000;

/** The request whose journal is open. */
export type OpenRequest =
  | { readonly kind: "loading" }
  | { readonly kind: "found"; readonly record: StoredRequest }
  | { readonly kind: "failed"; readonly message: string };

/** The one state of the page: what is looked at, what the gateway said last, and whether news arrive. */
export class PageState {
  /** The zone of this browser. */
  readonly usualZone: string = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  phase: "starting" | "signed-out" | "ready" = $state("starting");
  view: ViewState = $state.raw(readViewState(location.search, this.usualZone));
  overview: Overview | null = $state.raw(null);
  latest: readonly LatestRequest[] = $state.raw([]);
  open: OpenRequest = $state.raw({ kind: "loading" });
  /** What went wrong last; the figures on the page are older than that. */
  problem: string | null = $state(null);
  feedState: FeedState = $state("connecting");
  paused: boolean = $state(false);
  readonly #client: AdminClient = createAdminClient((path, options) => fetch(path, options));
  #feed: LiveFeed | null = null;
  #asking: boolean = false;
  #askAgain: boolean = false;

  /** Signs in by the link's token or an earlier cookie, then shows the figures. */
  async start(): Promise<void> {
    const token = readLinkToken(location.hash);
    if (token !== null) {
      // Out of the address, and thereby of history, screenshots and bookmarks.
      history.replaceState(null, "", location.pathname + location.search);
      if ((await this.signIn(token)) === null) return;
    }
    const answer = await this.#client.isSignedIn();
    if (answer.kind === "ok" && answer.value) this.#enter();
    else if (answer.kind === "failed") {
      this.problem = answer.message;
      this.phase = "signed-out";
    } else this.phase = "signed-out";
  }

  /** Null when it worked, else why not. */
  async signIn(token: string): Promise<string | null> {
    const answer = await this.#client.signIn(token);
    if (answer.kind === "failed") return answer.message;
    if (answer.kind === "signed-out") return "This is not the admin token of this gateway.";
    this.#enter();
    return null;
  }

  /** Where clients connect; the usual address when the gateway does not say. */
  async trafficOrigin(): Promise<string> {
    const answer = await this.#client.trafficOrigin(location.hostname);
    return answer.kind === "ok" ? answer.value : "http://127.0.0.1:8787";
  }

  async signOut(): Promise<void> {
    await this.#client.signOut();
    this.#leave();
  }

  /** Looks at something else; the address follows, and Back leads back. */
  show(change: Partial<ViewState>): void {
    const before = this.view;
    this.view = { ...before, ...change };
    history.pushState(null, "", location.pathname + writeViewState(this.view, this.usualZone));
    this.#follow(before);
  }

  /** The address changed by Back or Forward. */
  readAddress(): void {
    const before = this.view;
    this.view = readViewState(location.search, this.usualZone);
    this.#follow(before);
  }

  setHidden(hidden: boolean): void {
    this.#feed?.setHidden(hidden);
  }

  togglePaused(): void {
    this.paused = !this.paused;
    this.#feed?.setPaused(this.paused);
  }

  /** Asks for all figures; at most one question is under way, and one more waits. */
  async refresh(): Promise<void> {
    if (this.#asking) {
      this.#askAgain = true;
      return;
    }
    this.#asking = true;
    try {
      do {
        this.#askAgain = false;
        await this.#askOnce();
      } while (this.#askAgain && this.phase === "ready");
    } finally {
      this.#asking = false;
    }
  }

  async #askOnce(): Promise<void> {
    const { last, zone } = this.view;
    const [overview, latest] = await Promise.all([
      this.#client.overview(last, zone),
      this.#client.latestRequests(latestMax),
    ]);
    // The user chose another window meanwhile: that answer is on its way.
    if (last !== this.view.last || zone !== this.view.zone) return;
    if (!this.#accept(overview) || !this.#accept(latest)) return;
    this.overview = overview.value;
    this.latest = latest.value;
    this.problem = null;
  }

  /** True for an answer; else the page says what is wrong. */
  #accept<Value>(answer: Answer<Value>): answer is { readonly kind: "ok"; readonly value: Value } {
    if (answer.kind === "ok") return true;
    if (answer.kind === "signed-out") this.#leave();
    else this.problem = answer.message;
    return false;
  }

  #enter(): void {
    this.phase = "ready";
    this.problem = null;
    void this.refresh();
    if (this.view.request !== null) void this.#openRequest(this.view.request);
    this.#feed?.close();
    this.#feed = createLiveFeed({
      connect: () => new EventSource("/v1/farthing/events"),
      onChange: () => void this.refresh(),
      onState: (state) => {
        this.feedState = state;
      },
    });
    this.#feed.setHidden(document.hidden);
  }

  #leave(): void {
    this.#feed?.close();
    this.#feed = null;
    this.overview = null;
    this.latest = [];
    this.open = { kind: "loading" };
    this.phase = "signed-out";
  }

  #follow(before: ViewState): void {
    if (this.phase !== "ready") return;
    const { last, zone, request } = this.view;
    if (last !== before.last || zone !== before.zone) void this.refresh();
    if (request !== null && request !== before.request) void this.#openRequest(request);
  }

  async #openRequest(id: string): Promise<void> {
    this.open = { kind: "loading" };
    const answer = await this.#client.request(id);
    if (this.view.request !== id) return;
    if (answer.kind === "ok") this.open = { kind: "found", record: answer.value };
    else if (answer.kind === "failed") this.open = { kind: "failed", message: answer.message };
    else this.#leave();
  }

  /** Asks now and then even without news; returns how to stop that. */
  keepFresh(): () => void {
    const timer = setInterval(() => {
      if (this.phase === "ready" && !this.paused && !document.hidden) void this.refresh();
    }, refreshMs);
    return () => clearInterval(timer);
  }
}
