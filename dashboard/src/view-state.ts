/** A window that ends now. */
export const ranges = [
  { last: "1h", label: "1 h", title: "Last hour", lastMs: 3_600_000 },
  { last: "24h", label: "24 h", title: "Last 24 hours", lastMs: 86_400_000 },
  { last: "7d", label: "7 d", title: "Last 7 days", lastMs: 604_800_000 },
  { last: "30d", label: "30 d", title: "Last 30 days", lastMs: 2_592_000_000 },
] as const;

/** The API's word for a window. */
export type Last = (typeof ranges)[number]["last"];

/** What is looked at: all of it stands in the address, so that a link shows somebody else the same. */
export interface ViewState {
  readonly last: Last;
  /** A zone of the time zone database. */
  readonly zone: string;
  readonly chart: "chart" | "table";
  /** Id of the request whose journal is open. */
  readonly request: string | null;
}

const idPattern = /^[A-Za-z0-9_.:-]{1,128}$/;

/** Reads the query of the page's address; what it does not say or says wrongly is as usual. */
export function readViewState(query: string, usualZone: string): ViewState {
  const given = new URLSearchParams(query);
  const last = ranges.find((range) => range.last === given.get("last"))?.last ?? "24h";
  const zone = given.get("zone");
  const request = given.get("request");
  return {
    last,
    zone: zone !== null && isZone(zone) ? zone : usualZone,
    chart: given.get("view") === "table" ? "table" : "chart",
    request: request !== null && idPattern.test(request) ? request : null,
  };
}

/** The query that {@link readViewState} reads back as the same; empty when all is as usual. */
export function writeViewState(state: ViewState, usualZone: string): string {
  const query = new URLSearchParams();
  if (state.last !== "24h") query.set("last", state.last);
  if (state.zone !== usualZone) query.set("zone", state.zone);
  if (state.chart === "table") query.set("view", "table");
  if (state.request !== null) query.set("request", state.request);
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

/** The token of a link `/#token=fa_...`, as the gateway prints it at its first start; null when there is none. */
export function readLinkToken(fragment: string): string | null {
  return /^#token=(fa_[A-Za-z0-9_-]{1,128})$/.exec(fragment)?.[1] ?? null;
}

function isZone(zone: string): boolean {
  try {
    return zone.length <= 64 && new Intl.DateTimeFormat("en", { timeZone: zone }).format(0) !== "";
  } catch {
    return false;
  }
}
