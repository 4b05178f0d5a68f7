import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatUsd as formatUsdOfCommandLine } from "../../src/money/format-usd.ts";
import { digitsOf, formatExact, formatShare, formatSigned, formatTick, formatUsd, parsePico } from "./money.ts";

const amounts = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });

describe("amounts", () => {
  it("are read digit by digit, and nothing else is an amount", () => {
    expect(parsePico("-12500000")).toBe(-12_500_000n);
    expect(parsePico("123456789012345678901234567890")).toBe(123_456_789_012_345_678_901_234_567_890n);
    for (const text of ["", "1.5", "1e3", "0x1", " 1", "null", "--1"])
      expect(() => parsePico(text)).toThrow(RangeError);
  });

  it.each([
    [0n, "$0.00"],
    [1_234_500_000_000_000n, "$1,234.50"],
    [31_200_000_000n, "$0.0312"],
    [-31_200_000_000n, "−$0.0312"],
    [123_000_000n, "$0.000123"],
    [1n, "<$0.000001"],
    [-1n, ">−$0.000001"],
    [999_999_999_999n, "$1.0000"],
  ])("%s is shown as %s", (pico, text) => expect(formatUsd(pico)).toBe(text));

  it("are worded as the command line words them, but for the minus sign of print", () => {
    fc.assert(
      fc.property(amounts, (pico) => {
        expect(formatUsd(pico).replace("−", "-")).toBe(formatUsdOfCommandLine(pico));
      }),
    );
  });

  it("keep every digit where all are asked for", () => {
    fc.assert(
      fc.property(amounts, (pico) => {
        const [whole = "", fraction = ""] = formatExact(pico).replace("−", "-").replaceAll(/[$,]/g, "").split(".");
        expect(fraction.length).toBeGreaterThanOrEqual(2);
        expect(BigInt(whole + fraction.padEnd(12, "0"))).toBe(pico);
      }),
    );
    expect(formatExact(-123_456_789n)).toBe("−$0.000123456789");
  });

  it("are never shown further off than half a last digit", () => {
    fc.assert(
      fc.property(amounts, fc.integer({ min: 2, max: 12 }), (pico, digits) => {
        const text = formatUsd(pico, digits).replace(/^(.*)\$/, (_, sign: string) => (sign.includes("−") ? "-" : ""));
        if (formatUsd(pico, digits).startsWith("<") || formatUsd(pico, digits).startsWith(">")) return;
        const shown = BigInt(text.replace(/[,.]/g, "")) * 10n ** BigInt(12 - digits);
        const error = shown > pico ? shown - pico : pico - shown;
        expect(error * 2n <= 10n ** BigInt(12 - digits)).toBe(true);
      }),
    );
  });

  it("have a plus where they are savings", () => {
    expect(formatSigned(1_500_000_000_000n)).toBe("+$1.50");
    expect(formatSigned(-1_500_000_000_000n)).toBe("−$1.50");
    expect(formatSigned(0n)).toBe("$0.00");
  });

  it("of one column have as many digits as its largest wants", () => {
    expect(digitsOf([])).toBe(6);
    expect(digitsOf([123n, 90_000_000n])).toBe(6);
    expect(digitsOf([1_200_000_000_000n, 5n])).toBe(4);
    expect(digitsOf([-120_000_000_000_000n, 5n])).toBe(2);
  });
});

describe("shares", () => {
  it("are rounded by whole numbers", () => {
    expect(formatShare(1n, 3n)).toBe("33.3 %");
    expect(formatShare(2n, 3n)).toBe("66.7 %");
    expect(formatShare(-1n, 8n)).toBe("−12.5 %");
    expect(formatShare(-1n, 10n ** 12n)).toBe("0.0 %");
    expect(formatShare(0n, 0n)).toBeNull();
    expect(formatShare(10n ** 30n, 10n ** 30n)).toBe("100.0 %");
  });
});

describe("ticks of the axis", () => {
  it.each([
    [0, 0.2, "$0"],
    [0.2, 0.2, "$0.20"],
    [0.4, 0.1, "$0.40"],
    [-0.05, 0.05, "−$0.05"],
    [0.0005, 0.0005, "$0.0005"],
    [12, 2, "$12"],
    [1200, 200, "$1.2k"],
    [2_500_000, 500_000, "$2.5M"],
  ])("%s at steps of %s is %s", (dollars, step, text) => expect(formatTick(dollars, step)).toBe(text));
});
