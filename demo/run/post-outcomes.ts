import type { ResolvedTicket } from "../workload/sessions.ts";
import type { GatewayProcess } from "./start-gateway-process.ts";
import { keyOf } from "./vendor-clients.ts";

/** What tickets are called that the support team resolved. */
export const resolvedKind = "ticket-resolved";
/** Outcomes of one post; the gateway takes up to 1,000. */
const postMax = 500;

/**
 * Tells the gateway of resolved tickets, each with the key that its calls were made with, as the application that made them would.
 *
 * @returns how many the gateway says it stored.
 * @throws Error with the gateway's answer when it refuses a post.
 */
export async function postOutcomes(
  tickets: readonly ResolvedTicket[],
  { origin, localKeys }: GatewayProcess,
): Promise<number> {
  let stored = 0;
  for (const [key, ofKey] of Map.groupBy(tickets, (ticket) => keyOf(ticket, { localKeys }))) {
    for (let from = 0; from < ofKey.length; from += postMax) {
      stored += await post(origin, key, ofKey.slice(from, from + postMax));
    }
  }
  return stored;
}

async function post(origin: string, key: string, tickets: readonly ResolvedTicket[]): Promise<number> {
  const outcomes = tickets.map(({ session }) => ({ id: `resolved-${session}`, kind: resolvedKind, session }));
  const answer = await fetch(`${origin}/v1/outcomes`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(outcomes),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`The gateway took no outcomes: ${answer.status} ${text}`);
  return (JSON.parse(text) as { stored: number }).stored;
}
