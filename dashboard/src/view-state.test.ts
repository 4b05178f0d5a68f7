import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ranges, readLinkToken, readViewState, type ViewState, writeViewState } from "./view-state.ts";

const usual: ViewState = { last: "24h", zone: "UTC", chart: "chart", request: null };

describe("the page's address", () => {
  it("says nothing while all is as usual", () => {
    expect(readViewState("", "UTC")).toEqual(usual);
    expect(writeViewState(usual, "UTC")).toBe("");
  });

  it("reads back what it was written from", () => {
    const views = fc.record({
      last: fc.constantFrom(...ranges.map((range) => range.last)),
      zone: fc.constantFrom("UTC", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu"),
      chart: fc.constantFrom("chart" as const, "table" as const),
      request: fc.option(fc.stringMatching(/^[A-Za-z0-9_.:-]{1,128}$/)),
    });
    fc.assert(
      fc.property(views, fc.constantFrom("UTC", "Asia/Kolkata"), (view, zone) => {
        expect(readViewState(writeViewState(view, zone), zone)).toEqual(view);
      }),
    );
  });

  it("takes what is wrong in it as not said", () => {
    expect(readViewState("?last=99y&zone=Mars/Base&view=pie&request=<script>", "UTC")).toEqual(usual);
  });

  it("gives the token of a sign-in link, and of no other fragment", () => {
    expect(readLinkToken("#token=fa_abc-_9")).toBe("fa_abc-_9");
    for (const other of ["", "#", "#token=", "#token=fk_abc", "#token=fa_a&x", "#requests"]) {
      expect(readLinkToken(other)).toBeNull();
    }
  });
});
