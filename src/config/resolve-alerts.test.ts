import { describe, expect, it } from "vitest";
import { loadText } from "./test-load.ts";
import { describeConfig } from "./print-config.ts";

const secret = "0123456789abcdef0123456789abcdef";
const webhook = (url: string, text = secret): string => `alerts:\n  webhook: { url: "${url}", secret: "${text}" }\n`;

describe("alerts in the config", () => {
  it("go to the log where nothing is said", () => {
    expect(loadText("drain: 1s").config.alerts).toEqual({
      log: true,
      webhook: null,
      renotifyMs: 14_400_000,
      dailySpendFloorPicoUsd: 5_000_000_000_000n,
      userDailyPicoUsd: null,
      off: [],
    });
  });

  it("take what is said", () => {
    const text = `alerts: { log: false, renotify: 1h, dailySpendFloorUsd: "0.5", userDailyUsd: "20", off: [user-spend] }`;
    expect(loadText(text).config.alerts).toMatchObject({
      log: false,
      renotifyMs: 3_600_000,
      dailySpendFloorPicoUsd: 500_000_000_000n,
      userDailyPicoUsd: 20_000_000_000_000n,
      off: ["user-spend"],
    });
  });

  it.each(["https://hooks.example/x", "http://127.0.0.1:9/x", "http://[::1]:9/x"])("post to %s", (url) => {
    expect(loadText(webhook(url)).config.alerts?.webhook).toEqual({ url, secret });
  });

  it.each([
    ["http://hooks.example/x", "is not https"],
    ["https://user:pass@hooks.example/x", "holds a user name or password"],
    ["nowhere", "is not an address"],
  ])("do not post to %s", (url, message) => {
    expect(() => loadText(webhook(url))).toThrow(message);
    expect(() => loadText(webhook(url))).not.toThrow(url);
  });

  it("want a secret that is one, and never quote it", () => {
    expect(() => loadText(webhook("https://hooks.example/x", "short"))).toThrow("is too short");
    expect(() => loadText(webhook("https://hooks.example/x", "short"))).not.toThrow("(found");
    expect(() => loadText(webhook("https://hooks.example/x", "$${NOWHERE:-}"))).toThrow(/secret/);
    expect(() => loadText("alerts: { webhook: { url: 'https://hooks.example/x' } }")).toThrow("is missing");
  });

  it("refuse rules that do not exist", () => {
    expect(() => loadText("alerts: { off: [daily-spent] }")).toThrow("Did you mean daily-spend?");
  });

  it("print neither secret nor path", () => {
    const printed = JSON.stringify(describeConfig(loadText(webhook("https://hooks.example/T0/token")).config));
    expect(printed).toContain("https://hooks.example/***");
    expect(printed).not.toMatch(/T0|0123456789abcdef/);
  });
});
