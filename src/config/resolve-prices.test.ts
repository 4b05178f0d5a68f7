import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "./load-config.ts";
import { printConfig } from "./print-config.ts";
import { makeFolder, problemsOf, writeConfig } from "./test-load.ts";
import { testVendors } from "./test-vendors.ts";

const options = { env: {}, generation: 1, vendors: testVendors };

/** A config in a folder with one price file. */
function loadWith(priceText: string, checkPrices?: (document: unknown) => string | null) {
  const folder = makeFolder();
  const prices = join(folder, "own.yaml");
  writeFileSync(prices, priceText);
  const file = writeConfig("prices: own.yaml", folder);
  const load = () => loadConfig({ ...options, file, ...(checkPrices === undefined ? {} : { checkPrices }) });
  return { load, prices };
}

describe("prices", () => {
  it("are read beside the config, as JSON or YAML, nulls kept, and printed as file names only", () => {
    for (const text of [
      "vendor: own\nmodels: [{ from: null, day: 2026-11-21 }]",
      '{"vendor":"own","models":[{"from":null,"day":"2026-11-21"}]}',
    ]) {
      const { load, prices } = loadWith(text, () => null);
      const { config } = load();
      expect(config.prices).toEqual([{ vendor: "own", models: [{ from: null, day: "2026-11-21" }] }]);
      expect(config.priceFiles).toEqual([prices]);
      expect(printConfig(config)).toContain(`prices:\n  - ${prices}\n`);
      expect(printConfig(config)).not.toContain("vendor: own");
    }
  });

  it("are refused with file and field", () => {
    const { load, prices } = loadWith("vendor: own", () => "Price data is wrong at models: missing");
    expect(load).toThrow(`${prices}: Price data is wrong at models: missing. See An entry in docs/reference/prices.md`);
  });

  it("are refused where they are no document or not there, at the place that names them", () => {
    const { load, prices } = loadWith("canary: [1");
    expect(load).toThrow(`${prices}: it is neither JSON nor YAML. `);
    expect(load).not.toThrow("canary");
    expect(problemsOf("drain: 1s\nprices: [none.json]")).toEqual([
      "farthing.yaml:2:10: prices[0]: the price file none.json cannot be read (ENOENT) (found none.json). Create it, or correct the path or its mode.",
    ]);
    expect(problemsOf("prices: none.json")[0]).toMatch(/^farthing.yaml:1:9: prices: the price file/);
  });
});
