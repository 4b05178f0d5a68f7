import type { ReportCase } from "./report-case.ts";

/** The most that 64 bits hold, in pico-dollars: about $9.2 million. */
const most = "9223372036854775807/1e12";

/** What reports say of rows. */
export const reportCases: readonly ReportCase[] = [
  {
    name: "a-day-half-an-hour-off",
    references: ["BerriAI/litellm#29568", "BerriAI/litellm#27780"],
    elsewhere: "Days of a zone were widened to whole UTC days: single days held twice what was spent, $8.78 for $0.99.",
    here: "A day is the zone's own, from midnight to midnight; single days sum to the range.",
    zone: "Asia/Kolkata",
    rows: [
      { at: "2026-05-10T18:29:59.999Z", usd: "1" },
      { at: "2026-05-10T18:30:00Z", usd: "2" },
      { at: "2026-05-11T18:29:59.999Z", usd: "4" },
      { at: "2026-05-11T18:30:00Z", usd: "8" },
    ],
    ask: [
      { from: "2026-05-10T18:30:00Z", to: "2026-05-11T18:30:00Z", zone: "Asia/Kolkata", usd: "6", requests: 2 },
      {
        from: "2026-05-09T18:30:00Z",
        to: "2026-05-12T18:30:00Z",
        zone: "Asia/Kolkata",
        usd: "15",
        requests: 4,
        days: { "2026-05-10": "1", "2026-05-11": "6", "2026-05-12": "8" },
      },
    ],
  },
  {
    name: "a-day-three-quarters-of-an-hour-off",
    references: ["BerriAI/litellm#31831", "BerriAI/litellm#30441"],
    elsewhere: "Spend was kept by UTC days; a business day elsewhere could only be approximated.",
    here: "Sums are kept by quarters of an hour, which every zone's days are made of.",
    zone: "Asia/Kathmandu",
    rows: [
      { at: "2026-05-10T18:14:59.999Z", usd: "0.1" },
      { at: "2026-05-10T18:15:00Z", usd: "0.02" },
      { at: "2026-05-11T18:14:59.999Z", usd: "0.003" },
      { at: "2026-05-11T18:15:00Z", usd: "0.0004" },
    ],
    ask: [
      {
        from: "2026-05-09T18:15:00Z",
        to: "2026-05-12T18:15:00Z",
        zone: "Asia/Kathmandu",
        usd: "0.1234",
        requests: 4,
        days: { "2026-05-10": "0.1", "2026-05-11": "0.023", "2026-05-12": "0.0004" },
      },
      // Asked in another zone than the roll-ups were kept in.
      {
        from: "2026-05-10T00:00:00Z",
        to: "2026-05-12T00:00:00Z",
        zone: "UTC",
        usd: "0.1234",
        requests: 4,
        days: { "2026-05-10": "0.12", "2026-05-11": "0.0034" },
      },
    ],
  },
  {
    name: "the-day-with-twenty-five-hours",
    references: ["BerriAI/litellm#31831", "BerriAI/litellm#41363"],
    elsewhere: "Days of a zone did not sum to their range, and the zone that a business reckons in could not be set.",
    here: "Each moment's own offset holds: in Berlin 25 October 2026 has 25 hours, and each is in it once.",
    zone: "Europe/Berlin",
    rows: [
      { at: "2026-10-24T21:59:59.999Z", usd: "1" },
      { at: "2026-10-24T22:00:00Z", usd: "2" },
      { at: "2026-10-25T00:30:00Z", usd: "4" },
      { at: "2026-10-25T01:30:00Z", usd: "8" },
      { at: "2026-10-25T22:59:59.999Z", usd: "16" },
      { at: "2026-10-25T23:00:00Z", usd: "32" },
    ],
    ask: [
      {
        from: "2026-10-23T22:00:00Z",
        to: "2026-10-26T23:00:00Z",
        zone: "Europe/Berlin",
        usd: "63",
        requests: 6,
        days: { "2026-10-24": "1", "2026-10-25": "30", "2026-10-26": "32" },
      },
    ],
  },
  {
    name: "the-edge-of-a-window-is-in-one-of-two",
    references: ["BerriAI/litellm#36051", "BerriAI/litellm#29568"],
    elsewhere:
      "Neighbouring ranges both held the edge, or neither did: five single days came to 52.7 % more than their range.",
    here: "A window holds its beginning and not its end; windows side by side sum to the whole.",
    zone: "UTC",
    rows: [
      { at: "2026-06-01T11:59:59.999Z", usd: "1" },
      { at: "2026-06-01T12:00:00Z", usd: "2" },
      { at: "2026-06-01T12:00:00.001Z", usd: "4" },
    ],
    ask: [
      { from: "2026-06-01T00:00:00Z", to: "2026-06-01T12:00:00Z", zone: "UTC", usd: "1", requests: 1 },
      { from: "2026-06-01T12:00:00Z", to: "2026-06-02T00:00:00Z", zone: "UTC", usd: "6", requests: 2 },
      { from: "2026-06-01T00:00:00Z", to: "2026-06-02T00:00:00Z", zone: "UTC", usd: "7", requests: 3 },
      // Edges inside a quarter of an hour, which roll-ups do not know.
      { from: "2026-06-01T00:00:00Z", to: "2026-06-01T12:00:00.001Z", zone: "UTC", usd: "3", requests: 2 },
      { from: "2026-06-01T12:00:00.001Z", to: "2026-06-02T00:00:00Z", zone: "UTC", usd: "4", requests: 1 },
    ],
  },
  {
    name: "a-row-that-comes-late-counts-once",
    references: ["BerriAI/litellm#39980", "BerriAI/litellm#33873", "BerriAI/litellm#34887"],
    elsewhere: "Rows that came after their day was summed up were lost, or counted once more with every pass.",
    here: "A late row is noted as such and added once to the sums that were already made.",
    zone: "UTC",
    rows: [
      { at: "2026-06-01T08:00:00Z", usd: "1" },
      { at: "2026-06-03T08:00:00Z", usd: "2" },
    ],
    late: [{ at: "2026-06-01T09:00:00Z", usd: "4" }],
    ask: [
      {
        from: "2026-06-01T00:00:00Z",
        to: "2026-06-04T00:00:00Z",
        zone: "UTC",
        usd: "7",
        requests: 3,
        days: { "2026-06-01": "5", "2026-06-03": "2" },
      },
    ],
  },
  {
    name: "two-answers-with-one-id",
    references: ["BerriAI/litellm#41273", "BerriAI/litellm#6633"],
    elsewhere: "The spend log was keyed by the provider's id of the answer; a provider that repeats ids lost rows.",
    here: "A row has an id of its own; what the provider calls its answer is only looked up by.",
    zone: "UTC",
    rows: [
      { at: "2026-06-01T08:00:00Z", usd: "0.25", responseId: "chatcmpl-same" },
      { at: "2026-06-01T08:00:00Z", usd: "0.25", responseId: "chatcmpl-same" },
      { at: "2026-06-01T08:00:01Z", usd: "0.5", responseId: "chatcmpl-same" },
    ],
    ask: [{ from: "2026-06-01T00:00:00Z", to: "2026-06-02T00:00:00Z", zone: "UTC", usd: "1", requests: 3 }],
  },
  {
    name: "a-sum-larger-than-64-bits",
    references: ["mozilla-ai/otari#906"],
    elsewhere: "The largest amount that was allowed came out one above what its column could hold.",
    here: "Sums are exact at any size; this one is twice the largest integer of 64 bits, and a bit.",
    zone: "UTC",
    rows: [
      { at: "2026-06-01T08:00:00Z", usd: most },
      { at: "2026-06-01T09:00:00Z", usd: most },
      { at: "2026-06-02T09:00:00Z", usd: "1/1e12" },
    ],
    ask: [
      {
        from: "2026-06-01T00:00:00Z",
        to: "2026-06-03T00:00:00Z",
        zone: "UTC",
        usd: "18446744073709551615/1e12",
        requests: 3,
        days: { "2026-06-01": "18446744073709551614/1e12", "2026-06-02": "1/1e12" },
      },
    ],
  },
  {
    name: "what-has-no-price-is-counted-apart",
    references: ["BerriAI/litellm#10598", "BerriAI/litellm#8514"],
    elsewhere: "Calls without a price went into the sum as 0: $26.74 were shown where $770 were billed.",
    here: "The sum says how many requests it does not hold.",
    zone: "UTC",
    rows: [
      { at: "2026-06-01T08:00:00Z", usd: "3" },
      { at: "2026-06-01T09:00:00Z", usd: null },
      { at: "2026-06-01T10:00:00Z", usd: null },
    ],
    ask: [
      { from: "2026-06-01T00:00:00Z", to: "2026-06-02T00:00:00Z", zone: "UTC", usd: "3", requests: 3, unpriced: 2 },
    ],
  },
];
