import { randomBytes } from "node:crypto";

/** How long a browser stays signed in, milliseconds. */
const sessionMsMax = 12 * 3_600_000;
/** Browsers signed in at once; the oldest makes room. */
const sessionsMax = 64;

/** A browser that showed the admin token. */
export interface AdminSession {
  /** 256 random bits: the cookie's value. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

/** The browsers that are signed in. Kept in memory: a restart signs everybody out, and there is nothing on the disk to steal. */
export interface AdminSessions {
  /** Signs a browser in for twelve hours. */
  open(nowMs: number): AdminSession;
  /** The session of this id; null when there is none or its time is over. */
  find(id: string, nowMs: number): AdminSession | null;
  /** Signs a browser out; nothing happens when it is not in. */
  end(id: string): void;
}

/** No session yet. */
export function createAdminSessions(): AdminSessions {
  // By age: a Map keeps the order of insertion, and all live equally long.
  const sessions = new Map<string, AdminSession>();
  const dropOld = (nowMs: number): void => {
    for (const [id, { expiresAtMs }] of sessions) {
      if (expiresAtMs > nowMs && sessions.size < sessionsMax) return;
      sessions.delete(id);
    }
  };
  return {
    open: (nowMs) => {
      dropOld(nowMs);
      const session = { id: randomBytes(32).toString("base64url"), expiresAtMs: nowMs + sessionMsMax };
      sessions.set(session.id, session);
      return session;
    },
    find: (id, nowMs) => {
      const session = sessions.get(id);
      if (session === undefined) return null;
      if (session.expiresAtMs > nowMs) return session;
      sessions.delete(id);
      return null;
    },
    end: (id) => {
      sessions.delete(id);
    },
  };
}
