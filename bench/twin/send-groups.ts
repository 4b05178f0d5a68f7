import { Agent, request } from "node:http";
import type { PlannedGroup, PlannedRequest } from "./plan.ts";

/** A caller who leaves does so when nothing came for so long, at first and later: on a busy machine too, both sides are then at the same place. */
const patienceMs = { first: 1_000, later: 150 };
/** Tries of one request, as the vendors' own clients make them by default: two more. */
const triesMax = 3;
/** What those clients try again: the provider refused, so nothing was billed. */
const retriedStatuses: ReadonlySet<number> = new Set([408, 409, 429, 500, 502, 503, 504, 529]);
const groupsAtOnce = 24;

/** Where the requests go. */
export interface Side {
  readonly port: number;
  keyOf(group: PlannedGroup): string;
}

/** How one call ended for its caller. */
interface Ended {
  readonly status: number;
  readonly mayRetry: boolean;
}

/**
 * Sends every group to one side, in the same way whatever stands there. Callers repeat what was refused, as the vendors'
 * clients do, and never what may have been billed.
 */
export async function sendGroups(groups: readonly PlannedGroup[], side: Side): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 512 });
  let next = 0;
  let tries = 0;
  const worker = async (): Promise<void> => {
    for (let group = groups[next++]; group !== undefined; group = groups[next++]) {
      const key = side.keyOf(group);
      const send = (planned: PlannedRequest): Promise<number> => sendRequest(planned, key, side.port, agent);
      if (group.together) tries += sum(await Promise.all(group.requests.map(send)));
      else for (const planned of group.requests) tries += await send(planned);
    }
  };
  await Promise.all(Array.from({ length: groupsAtOnce }, worker));
  agent.destroy();
  return tries;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Resolves with the number of tries. */
async function sendRequest(planned: PlannedRequest, key: string, port: number, agent: Agent): Promise<number> {
  for (let tries = 1; ; tries++) {
    const ended = await sendOnce(planned, key, port, agent);
    if (tries === triesMax || !planned.repeats || !ended.mayRetry || !retriedStatuses.has(ended.status)) return tries;
  }
}

function sendOnce(planned: PlannedRequest, key: string, port: number, agent: Agent): Promise<Ended> {
  return new Promise((resolve) => {
    const bytes = Buffer.from(planned.body);
    const anthropic = planned.path === "/v1/messages";
    const headers = {
      ...planned.headers,
      "content-length": bytes.length,
      ...(anthropic ? { "x-api-key": key } : { authorization: `Bearer ${key}` }),
    };
    let ended: Ended = { status: 0, mayRetry: false };
    let timer: NodeJS.Timeout | undefined;
    const call = request(
      { port, host: "127.0.0.1", path: planned.path, method: "POST", headers, agent },
      (response) => {
        ended = {
          status: response.statusCode ?? 0,
          // Money that is spent does not come back by asking again; the vendors' clients are told so by this header.
          mayRetry: response.headers["x-should-retry"] !== "false",
        };
        response.on("data", () => hold(patienceMs.later));
        response.once("error", () => {});
      },
    );
    const hold = (ms: number): void => {
      clearTimeout(timer);
      if (planned.leaves) timer = setTimeout(() => call.destroy(), ms);
    };
    hold(patienceMs.first);
    call.once("error", () => {});
    call.once("close", () => {
      clearTimeout(timer);
      resolve(ended);
    });
    call.end(bytes);
  });
}
