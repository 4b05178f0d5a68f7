import type { IncomingMessage, ServerResponse } from "node:http";
import { FarthingError } from "../kit/farthing-error.ts";
import type { Surface } from "./surface.ts";

/** Where a page learns that there is something new. */
export const eventsPath = "/v1/farthing/events";

/** Between two looks at the ledger, milliseconds: a page is told at most this often. */
const lookMs = 1000;
/** Between two signs of life, milliseconds: under the idle time of common proxies. */
const beatMs = 15_000;
/** Pages that may listen at once. */
const listenersMax = 64;

/** What an event says: how many rows this process has put into the ledger. */
interface LedgerMark {
  readonly rowsWritten: number;
  readonly rowsDropped: number;
}

/** Names and values in turn. Nobody on the way may keep or gather what is said. */
const streamHeaders: readonly string[] = [
  "content-type",
  "text/event-stream; charset=utf-8",
  "cache-control",
  "no-store",
  "x-accel-buffering",
  "no",
  "x-content-type-options",
  "nosniff",
];

interface Page {
  readonly response: ServerResponse;
  /** The last mark that was sent to it. */
  told: string;
  silentMs: number;
  /** Its connection takes no more for now; what is new meanwhile is told in one event. */
  isFull: boolean;
  readonly isAllowed: () => boolean;
}

/** Tells pages that the ledger has grown, so that they ask again. */
export interface AdminEvents {
  /**
   * Answers with a stream of `change` events, at most one a second, whose ids are marks of the ledger. A page that comes back with
   * an older `Last-Event-ID` is told at once. `isAllowed` is asked before every event: a session that ends, ends its stream.
   * @throws FarthingError `overloaded`.
   */
  answer(request: IncomingMessage, response: ServerResponse, isAllowed: () => boolean): void;
}

/** Pages of one gateway. A timer runs only while somebody listens. */
export function createAdminEvents(surface: Surface): AdminEvents {
  const pages = new Set<Page>();
  let timer: NodeJS.Timeout | null = null;
  const mark = (): string => markText(surface.engine.status().ledger);
  const stop = (page: Page): void => {
    pages.delete(page);
    if (pages.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
  const look = (): void => {
    const now = mark();
    for (const page of pages) {
      if (surface.draining || !page.isAllowed()) {
        page.response.end();
        stop(page);
      } else tell(page, now);
    }
  };
  return {
    answer: (request, response, isAllowed) => {
      if (pages.size >= listenersMax) {
        throw new FarthingError(
          "overloaded",
          `${listenersMax} pages listen already. Close one, then reload this page.`,
        );
      }
      response.writeHead(200, [...streamHeaders]);
      const now = mark();
      const page: Page = { response, told: lastEventId(request) ?? now, silentMs: 0, isFull: false, isAllowed };
      response.on("close", () => stop(page));
      response.on("drain", () => {
        page.isFull = false;
      });
      pages.add(page);
      // The first bytes tell the page that it listens; one that missed something is told in the same breath.
      response.write("retry: 2000\n\n");
      tell(page, now);
      timer ??= setInterval(look, lookMs).unref();
    },
  };
}

function tell(page: Page, now: string): void {
  page.silentMs += lookMs;
  if (page.isFull) return;
  const isNew = now !== page.told;
  if (!isNew && page.silentMs < beatMs) return;
  page.isFull = !page.response.write(isNew ? `id: ${now}\nevent: change\ndata: {}\n\n` : ": still here\n\n");
  page.told = now;
  page.silentMs = 0;
}

/** Lost rows change a page too. A restart counts from zero, which is another mark, which is right: the page asks again. */
function markText({ rowsWritten, rowsDropped }: LedgerMark): string {
  return `${rowsWritten}.${rowsDropped}`;
}

function lastEventId(request: IncomingMessage): string | null {
  const id = request.headers["last-event-id"];
  return typeof id === "string" && id !== "" && id.length <= 64 ? id : null;
}
