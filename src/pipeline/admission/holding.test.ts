import { expect, test } from "vitest";
import { createDeskBench } from "./test-desk.ts";

const { holdingOf } = createDeskBench();

test("new books hold nothing, owe nothing and wait for nobody", () => {
  const holding = holdingOf();
  expect(holding).toMatchObject({ leased: 0n, reserved: 0n, pledges: 0, pledgesPutBack: 0, recheckAtUs: 0 });
  expect(holding).toMatchObject({ near: false, wishing: false, over: false });
  expect([holding.isTold, holding.isDrained, holding.report()]).toEqual([true, true, null]);
});

test("cover what is leased, to the last unit, and nothing always", () => {
  const holding = holdingOf();
  expect([holding.covers(0n), holding.covers(1n)]).toEqual([true, false]);
  holding.leased = 10n;
  holding.take(4n);
  expect([holding.covers(6n), holding.covers(7n)]).toEqual([true, false]);
});

test("give back what is idle beyond what is kept, and never what is taken", () => {
  const holding = holdingOf();
  holding.leased = 10n;
  holding.take(4n);
  holding.giveBack(7n);
  holding.giveBack(6n);
  expect([holding.leased, holding.isTold]).toEqual([10n, true]);
  holding.giveBack(5n);
  expect(holding.report()).toMatchObject({ used: 0n, ended: 1n });
  holding.giveBack(0n);
  holding.giveBack(0n);
  expect(holding.report()).toMatchObject({ used: 0n, ended: 5n });
  expect([holding.leased, holding.reserved, holding.report()]).toEqual([4n, 4n, null]);
});

test("more used than taken comes off the idle room, and counts in full where there is none", () => {
  const holding = holdingOf();
  holding.leased = 10n;
  holding.take(4n);
  holding.take(3n);
  holding.settle(4n, 6n);
  expect(holding.report()).toMatchObject({ used: 6n, ended: 6n });
  holding.settle(3n, 9n);
  expect(holding.report()).toMatchObject({ used: 9n, ended: 4n });
  expect([holding.room, holding.isDrained]).toEqual([0n, true]);
});

test("a report that the store did not take is told with the next one", () => {
  const holding = holdingOf();
  holding.leased = 10n;
  holding.take(4n);
  holding.settle(4n, 3n);
  const lost = holding.report();
  if (lost === null) throw new Error("there is something to report");
  holding.giveBack(0n);
  holding.takeBack(lost);
  expect(holding.report()).toMatchObject({ used: 3n, ended: 10n });
});

test("the end of a pledge calls back once, whoever waited", () => {
  const holding = holdingOf();
  const heard: string[] = [];
  holding.pledges = 2;
  holding.oncePledgeOver(() => heard.push("first"));
  holding.oncePledgeOver(() => heard.push("second"));
  holding.endPledge(true);
  expect([heard, holding.pledges, holding.pledgesPutBack]).toEqual([["first", "second"], 1, 1]);
  holding.endPledge(false);
  expect([heard, holding.pledges, holding.pledgesPutBack]).toEqual([["first", "second"], 0, 1]);
});
