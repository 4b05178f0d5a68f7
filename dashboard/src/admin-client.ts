import type { GatewayAddress, LatestRequest, Overview } from "../../src/spec/admin-api.ts";
import type { Last } from "./view-state.ts";

/** What came of a call to the gateway: an answer, the news that nobody is signed in, or what went wrong in words for a person. */
export type Answer<Value> =
  | { readonly kind: "ok"; readonly value: Value }
  | { readonly kind: "signed-out" }
  | { readonly kind: "failed"; readonly message: string };

/** The part of `fetch` that is used here. */
export type Fetch = (path: string, options: RequestInit) => Promise<Response>;

/** A stored request as the gateway tells it. Fields are read one by one: an older Farthing may have written it. */
export type StoredRequest = Readonly<Record<string, unknown>>;

/** The gateway that served this page. */
export interface AdminClient {
  isSignedIn(): Promise<Answer<boolean>>;
  /** `signed-out` when the token is wrong. */
  signIn(token: string): Promise<Answer<null>>;
  signOut(): Promise<Answer<null>>;
  overview(last: Last, zone: string): Promise<Answer<Overview>>;
  latestRequests(limit: number): Promise<Answer<readonly LatestRequest[]>>;
  request(id: string): Promise<Answer<StoredRequest>>;
  /** Where clients connect, `http://127.0.0.1:8787`, seen from the host that this page was asked from. */
  trafficOrigin(pageHost: string): Promise<Answer<string>>;
}

const callMsMax = 30_000;
const root = "/v1/farthing";

/** Calls by `fetch`; they give up after half a minute and never reject. */
export function createAdminClient(fetch: Fetch): AdminClient {
  const call = <Value>(path: string, options: RequestInit = {}): Promise<Answer<Value>> =>
    callOnce(fetch, path, options);
  return {
    isSignedIn: async () => {
      const answer = await call<{ readonly signedIn: boolean }>("/session");
      return answer.kind === "ok" ? { kind: "ok", value: answer.value.signedIn } : answer;
    },
    signIn: async (token) =>
      withoutValue(await call("/session", { method: "POST", headers: { authorization: `Bearer ${token}` } })),
    signOut: async () =>
      withoutValue(await call("/session", { method: "DELETE", headers: { "x-farthing-csrf": "1" } })),
    overview: (last, zone) => call(`/overview?last=${last}&zone=${encodeURIComponent(zone)}`),
    latestRequests: (limit) => call(`/requests?limit=${limit}`),
    request: (id) => call(`/requests/${encodeURIComponent(id)}`),
    trafficOrigin: async (pageHost) => {
      const answer = await call<GatewayAddress>("/status");
      return answer.kind === "ok" ? { kind: "ok", value: originOf(answer.value, pageHost) } : answer;
    },
  };
}

async function callOnce<Value>(fetch: Fetch, path: string, options: RequestInit): Promise<Answer<Value>> {
  try {
    const response = await fetch(root + path, {
      ...options,
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(callMsMax),
    });
    if (response.status === 403) return { kind: "signed-out" };
    const body = (await response.json()) as unknown;
    if (response.ok) return { kind: "ok", value: body as Value };
    return { kind: "failed", message: messageOf(body) ?? `The gateway answered ${response.status}.` };
  } catch (error) {
    const late = error instanceof DOMException && error.name === "TimeoutError";
    const message = late
      ? "The gateway did not answer within 30 seconds."
      : "The gateway cannot be reached. Is it still running?";
    return { kind: "failed", message };
  }
}

function withoutValue(answer: Answer<unknown>): Answer<null> {
  return answer.kind === "ok" ? { kind: "ok", value: null } : answer;
}

/** A listener on all addresses is reached under the one that the page was. */
function originOf({ traffic: { host, port } }: GatewayAddress, pageHost: string): string {
  const name = host === "0.0.0.0" || host === "::" ? pageHost : host;
  return `http://${name.includes(":") && !name.startsWith("[") ? `[${name}]` : name}:${port}`;
}

/** The message of an error of ours, `{"error": {"message": ...}}`. */
function messageOf(body: unknown): string | null {
  const error = typeof body === "object" && body !== null ? (body as { error?: unknown }).error : undefined;
  const message = typeof error === "object" && error !== null ? (error as { message?: unknown }).message : undefined;
  return typeof message === "string" && message !== "" ? message : null;
}
