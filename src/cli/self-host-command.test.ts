import { describe, expect, it } from "vitest";
import { makeFolder, runHere } from "./test-run.ts";

type Json = Readonly<Record<string, unknown>>;

describe("self-host break-even", () => {
  const machines = [
    "--gpu-usd-per-hour",
    "2",
    "--input-tokens-per-second",
    "10000",
    "--output-tokens-per-second",
    "1000",
  ];
  const words = ["self-host", "break-even", "--input", "1000", "--output", "500", ...machines];

  it("reckons the months, the break-even, the sensitivity and the published rules", async () => {
    const many = [...words, "--requests-per-day", "10000", "--utilisation", "50"];
    const { code, out } = await runHere(many, makeFolder());
    expect(code).toBe(0);
    expect(out).toMatch(/^API +\$2,250\.00 +openai\/gpt-4o$/m);
    expect(out).toMatch(/^own machines +\$1,440\.00 +1 set, 7\.0 % busy$/m);
    expect(out).toContain("against API openai/gpt-4o: from 6,400 requests a day, $1,440.00 a month");
    expect(out).toMatch(/^ 50 % +72,000 +\$1,440\.00 +\$16,200\.00/m);
    expect(out).toContain(
      "They disagree by up to twenty times; with your figures it is $1,440.00 against openai/gpt-4o",
    );
    expect(out).toContain("No people are counted");
  });

  it("takes the tokens of a day, people, and what decides beside money", async () => {
    const people = ["--people-hours", "10", "--people-usd-per-hour", "100", "--constraint", "data stays here"];
    const found = JSON.parse((await runHere([...words, ...people, "--json"], makeFolder())).out) as Json;
    expect(found).toMatchObject({
      schema: "farthing.self-host.v1",
      unit: "tokens",
      load: { requestsPerDay: "500", inputTokens: "2", outputTokens: "1" },
      peoplePicoUsdPerMonth: "1000000000000000",
      constraints: ["data stays here"],
    });
    expect((await runHere([...words, ...people], makeFolder())).out).toContain("constraint: data stays here");
  });

  it.each([
    [["--gpu-usd-per-month", "1"], "one of --gpu-usd-per-hour"],
    [["--utilisation", "0"], "above 0 up to 100"],
    [["--gpus", "0"], "1 and up"],
    [["--requests-per-day", "0"], "no load"],
  ])("refuses %o", async (more, why) => {
    const refused = await runHere([...words, ...more], makeFolder());
    expect(refused).toMatchObject({ code: 2, out: "" });
    expect(refused.talk).toContain(why);
  });
});
