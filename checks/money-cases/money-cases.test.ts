import { describe, expect, test } from "vitest";
import { allCases } from "./all-cases.ts";
import { caseKinds } from "./case.ts";
import { ownMoney } from "./own-money.ts";

describe.each(caseKinds)("cases we are immune to: %s", (kind) => {
  test.each(allCases.filter((one) => one.kind === kind).map((one) => [one.about.name, one] as const))(
    "%s",
    async (_name, { play, expected }) => {
      expect(await play(ownMoney)).toEqual(expected);
    },
  );
});
