import { describe, expect, it } from "vitest";
import { noticesOf } from "./notices.ts";
import { emptyOverview } from "./overview.fixture.ts";

describe("notices", () => {
  it("are none while the figures are whole and exact", () => expect(noticesOf(emptyOverview)).toEqual([]));

  it("name what the sums lack before what they only estimate", () => {
    const overview = { ...emptyOverview, unpriced: 1, estimated: 1200, rowsDropped: 2, rowsParked: 3, rowsSpooled: 4 };
    expect(noticesOf(overview).map(({ weight, title }) => `${weight}: ${title}`)).toEqual([
      "alarm: 1 request without a known price",
      "alarm: 2 rows lost",
      "alarm: 3 rows refused by the ledger",
      "note: 1,200 requests estimated",
      "note: 4 rows waited for the disk",
    ]);
  });
});
