import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Alert } from "../spec/alert.ts";
import { type FiringAlert, followAlerts, notArrived, resolveAfterMs } from "./follow-alerts.ts";

const minuteMs = 60_000;
const hourMs = 3_600_000;

function alert(subject: string, severity: Alert["severity"] = "warning"): Alert {
  const words = { summary: "s", actual: "a", expected: "e", meaning: "m", nextStep: "n" };
  return { rule: "unpriced-model", subject, severity, ...words };
}

/** Follows looks a minute apart; what is told of each. */
function follow(looks: readonly (readonly Alert[])[], renotifyMs = hourMs): string[][] {
  let firing: readonly FiringAlert[] = [];
  return looks.map((alerts, minute) => {
    const followed = followAlerts(firing, alerts, minute * minuteMs, renotifyMs);
    firing = followed.firing;
    return followed.notices.map(({ status, alert: { subject } }) => `${status} ${subject}`);
  });
}

const repeat = <Item>(item: Item, count: number): Item[] => Array.from({ length: count }, () => item);

describe("followAlerts", () => {
  it("tells an alert once, again after the time to tell again, and when it is over", () => {
    const told = follow([...repeat([alert("a")], 62), ...repeat([], 10)]);
    expect(told[0]).toEqual(["firing a"]);
    expect(told.slice(1, 60).flat()).toEqual([]);
    expect(told[60]).toEqual(["still-firing a"]);
    expect(told.slice(61, 66).flat()).toEqual([]);
    expect(told[66]).toEqual(["resolved a"]);
    expect(told.slice(67).flat()).toEqual([]);
  });

  it("takes one that comes and goes by the minute for one", () => {
    const told = follow(Array.from({ length: 40 }, (_, minute) => (minute % 3 === 0 ? [alert("a")] : [])));
    expect(told.flat()).toEqual(["firing a"]);
  });

  it("tells at once when it becomes critical", () => {
    expect(follow([[alert("a")], [alert("a", "critical")], [alert("a", "critical")]])).toEqual([
      ["firing a"],
      ["still-firing a"],
      [],
    ]);
  });

  it("sends again what did not arrive, under the same id", () => {
    const first = followAlerts([], [alert("a")], 0, hourMs);
    const [notice] = first.notices;
    expect(notice).toBeDefined();
    if (notice === undefined) return;
    const again = followAlerts(notArrived(first.firing, notice), [alert("a")], minuteMs, hourMs);
    expect(again.notices).toMatchObject([{ status: "firing", id: notice.id }]);
    expect(followAlerts(again.firing, [alert("a")], 2 * minuteMs, hourMs).notices).toEqual([]);
  });

  it("ends an alert though the clock was set back", () => {
    const { firing } = followAlerts([], [alert("a")], 10 * hourMs, hourMs);
    expect(followAlerts(firing, [], hourMs, hourMs).notices).toMatchObject([{ status: "resolved" }]);
  });

  it("remembers at most 200, and forgets none for a new one", () => {
    const some = Array.from({ length: 250 }, (_, index) => alert(`${index}`));
    const first = followAlerts([], some, 0, hourMs);
    expect(first.firing).toHaveLength(200);
    expect(followAlerts(first.firing, [alert("new")], 1, hourMs)).toMatchObject({ notices: [] });
  });

  it("begins before it ends, ends once, and tells no id twice", () => {
    const looks = fc.array(fc.uniqueArray(fc.constantFrom("a", "b", "c")), { maxLength: 60 });
    fc.assert(
      fc.property(looks, fc.integer({ min: 5, max: 30 }), (subjects, renotify) => {
        let firing: readonly FiringAlert[] = [];
        const open = new Set<string>();
        const ids = new Set<string>();
        for (const [minute, some] of subjects.entries()) {
          const alerts = some.map((subject) => alert(subject));
          const followed = followAlerts(firing, alerts, minute * minuteMs, renotify * minuteMs);
          firing = followed.firing;
          for (const { status, alert: about, id } of followed.notices) {
            expect(ids.has(id)).toBe(false);
            ids.add(id);
            expect(open.has(about.subject)).toBe(status !== "firing");
            if (status === "resolved") open.delete(about.subject);
            else open.add(about.subject);
          }
          expect([...open].toSorted()).toEqual(firing.map((one) => one.alert.subject).toSorted());
          for (const one of firing) expect(minute * minuteMs - one.lastSeenMs).toBeLessThan(resolveAfterMs);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
