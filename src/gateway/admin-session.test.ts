import { describe, expect, it } from "vitest";
import { createAdminSessions } from "./admin-session.ts";

const halfDayMs = 12 * 3_600_000;

describe("sessions of the admin page", () => {
  it("last twelve hours", () => {
    const sessions = createAdminSessions();
    const { id, expiresAtMs } = sessions.open(1000);
    expect(expiresAtMs).toBe(1000 + halfDayMs);
    expect(sessions.find(id, expiresAtMs - 1)?.id).toBe(id);
    expect(sessions.find(id, expiresAtMs)).toBeNull();
    expect(sessions.find(id, 1000), "a session that ended stays ended").toBeNull();
  });

  it("end when they are signed out, and no other with them", () => {
    const sessions = createAdminSessions();
    const [first, second] = [sessions.open(0), sessions.open(0)];
    sessions.end(first.id);
    expect([sessions.find(first.id, 1), sessions.find(second.id, 1)?.id]).toEqual([null, second.id]);
  });

  it("are at most 64: the oldest makes room", () => {
    const sessions = createAdminSessions();
    const ids = Array.from({ length: 65 }, (_, index) => sessions.open(index).id);
    expect(ids.filter((id) => sessions.find(id, 100) === null)).toEqual([ids[0]]);
  });

  it("have ids that nobody guesses", () => {
    const sessions = createAdminSessions();
    const ids = Array.from({ length: 50 }, () => sessions.open(0).id);
    expect(new Set(ids).size).toBe(50);
    expect(ids.every((id) => /^[A-Za-z0-9_-]{43}$/.test(id))).toBe(true);
    expect(sessions.find("", 0)).toBeNull();
  });
});
