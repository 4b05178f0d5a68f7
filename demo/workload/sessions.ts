import type { Feature } from "./features.ts";
import { createSeededRandom } from "./seeded-random.ts";
import type { RowDialect, WorkloadRow } from "./workload-row.ts";

/** The team whose calls come in conversations, each about one ticket. */
const conversingTeam = "support";
/** Calls of a conversation, at most. */
const callsMax = 4;
/** Share of the conversations that end with a resolved ticket. */
const resolvedShare = 0.7;

/** A ticket that was resolved, known by its conversation. */
export interface ResolvedTicket {
  readonly session: string;
  /** Whose key its calls were made with, and so whose key tells of it. */
  readonly tenant: string;
  readonly dialect: RowDialect;
}

/**
 * Gives the rows of the support team, in their order of sending, a conversation of one to four calls each; null to all others. A
 * conversation stays within one application of one tenant, and so with one key.
 */
export function drawSessions(seed: number): (feature: Feature, tenant: string) => string | null {
  const random = createSeededRandom(seed, "sessions");
  const open = new Map<string, { name: string; callsLeft: number }>();
  let count = 0;
  return ({ name, team }, tenant) => {
    if (team !== conversingTeam) return null;
    const place = `${tenant}-${name}`;
    let session = open.get(place);
    if (session === undefined || session.callsLeft === 0) {
      count += 1;
      session = { name: `${place}-${String(count).padStart(4, "0")}`, callsLeft: random.integer(1, callsMax) };
      open.set(place, session);
    }
    session.callsLeft -= 1;
    return session.name;
  };
}

/** The conversations of a workload that ended well. */
export function drawResolved(seed: number, rows: readonly WorkloadRow[]): readonly ResolvedTicket[] {
  const random = createSeededRandom(seed, "resolved");
  const tickets = new Map<string, ResolvedTicket>();
  for (const { session, tenant, dialect } of rows) {
    if (session !== null) tickets.set(session, { session, tenant, dialect });
  }
  return [...tickets.values()].filter(() => random.unit() < resolvedShare);
}
