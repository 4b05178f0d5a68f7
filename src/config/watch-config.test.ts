import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { FarthingError } from "../kit/farthing-error.ts";
import { loadConfig, type LoadedConfig } from "./load-config.ts";
import { makeFolder, writeConfig } from "./test-load.ts";
import { testVendors } from "./test-vendors.ts";
import { type ConfigWatch, watchConfig } from "./watch-config.ts";

const open: ConfigWatch[] = [];
afterEach(() => open.splice(0).forEach((watch) => watch.close()));

/** A watch over one file that looks every 10 ms, with what it reported. */
function startWatch(file: string, files: readonly string[] = [file]) {
  const configs: LoadedConfig[] = [];
  const problems: FarthingError[] = [];
  const watch = watchConfig({
    files: () => files,
    load: (generation) => loadConfig({ file, env: {}, generation, vendors: testVendors }),
    generation: 1,
    onConfig: (loaded) => configs.push(loaded),
    onProblems: (error) => problems.push(error),
    intervalMs: 10,
  });
  open.push(watch);
  return { configs, problems, watch };
}

async function until(condition: () => boolean): Promise<void> {
  const endMs = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > endMs) throw new Error("it never happened");
    await pause(5);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

describe("watchConfig", () => {
  it("takes a changed file, once, under the next generation", async () => {
    const file = writeConfig("drain: 1s");
    const { configs, problems } = startWatch(file);
    await pause(40);
    expect(configs).toHaveLength(0);
    writeFileSync(file, "drain: 2s");
    await until(() => configs.length > 0);
    await pause(60);
    expect(configs.map(({ config }) => [config.generation, config.drainMs])).toEqual([[2, 2000]]);
    expect(problems).toEqual([]);
  });

  it("keeps the old config when the new one is wrong, and takes the next right one", async () => {
    const file = writeConfig("drain: 1s");
    const { configs, problems } = startWatch(file);
    await pause(40);
    writeFileSync(file, "drain: soon");
    await until(() => problems.length > 0);
    expect(configs).toEqual([]);
    expect(problems[0]?.message).toContain("farthing.yaml:1:8: drain: is not a duration (found soon)");
    writeFileSync(file, "drain: 3s");
    await until(() => configs.length > 0);
    expect(configs[0]?.config).toMatchObject({ generation: 2, drainMs: 3000 });
  });

  it("does not take an empty or vanished file for the defaults", async () => {
    const file = writeConfig("drain: 1s");
    const { configs, problems } = startWatch(file);
    await pause(40);
    writeFileSync(file, "");
    await until(() => problems.length === 1);
    rmSync(file);
    await until(() => problems.length === 2);
    expect(configs).toEqual([]);
  });

  it("sees a file that is swapped by renaming, and the other files it was given", async () => {
    const folder = makeFolder();
    const file = writeConfig("drain: 1s", folder);
    const keys = join(folder, "keys.json");
    const { configs } = startWatch(file, [file, keys]);
    await pause(40);
    writeFileSync(`${file}.new`, "drain: 4s");
    renameSync(`${file}.new`, file);
    await until(() => configs.length === 1);
    writeFileSync(keys, "{}");
    await until(() => configs.length === 2);
    expect(configs.map(({ config }) => config.generation)).toEqual([2, 3]);
  });

  it("reloads when asked, and says whether that took", () => {
    const file = writeConfig("drain: 1s");
    const { configs, problems, watch } = startWatch(file);
    expect(watch.reload()).toBe(true);
    writeFileSync(file, "drain: never");
    expect(watch.reload()).toBe(false);
    expect([configs.length, problems.length]).toEqual([1, 1]);
  });

  it("tells what is no FarthingError as one, survives its listeners, and follows the files of the config", async () => {
    const folder = makeFolder();
    const file = writeConfig("drain: 1s", folder);
    const prices = join(folder, "prices.yaml");
    let files = [file];
    const problems: FarthingError[] = [];
    let taken = 0;
    const watch = watchConfig({
      files: () => files,
      load: (generation) => {
        files = [file, prices];
        if (generation === 2 && problems.length === 0) throw new TypeError("a defect");
        return loadConfig({ file, env: {}, generation, vendors: testVendors });
      },
      generation: 1,
      onConfig: () => void taken++,
      onProblems: (error) => {
        problems.push(error);
        throw new Error("the listener fails too");
      },
      intervalMs: 10,
    });
    open.push(watch);
    expect(watch.reload()).toBe(false);
    expect(problems[0]).toMatchObject({ code: "internal_error", message: "The reload failed: a defect" });
    writeFileSync(prices, "changed");
    await until(() => taken === 1);
  });
});
