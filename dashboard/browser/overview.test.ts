import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/assembly/system-clock.ts";
import { type RunningGateway, startGateway } from "../../src/gateway/server.ts";
import { send, startUpstream, testConfig, type Upstream } from "../../src/gateway/test-gateway.ts";
import { openLedger } from "../../src/stores/sqlite/ledger/open-ledger.ts";
import { seededRows } from "./seeded-rows.ts";
import { hasChromium, startChromium } from "./start-chromium.ts";
import { openWatched, type WatchedPage } from "./watched-page.ts";

const root = join(import.meta.dirname, "..", "..");
const hourMs = 3_600_000;
/** A page and a command line that ask a moment apart see the same rows: none lies where a window begins. */
const edges = [1, 24, 7 * 24].map((hours) => hours * hourMs);

// The real thing: the built page, from a real gateway, over a real ledger, in a real browser.
const skipped = hasChromium ? "" : " (skipped: /usr/bin/chromium is not there)";
// A browser beside all other tests of this machine is slow to draw.
describe.skipIf(!hasChromium)(`the overview page${skipped}`, { timeout: 60_000 }, () => {
  let directory = "";
  let upstream: Upstream;
  let gateway: RunningGateway;
  let browser: Browser;
  let origin = "";
  const open: WatchedPage[] = [];

  beforeAll(async () => {
    const built = spawnSync(process.execPath, [join(root, "tools/entry/build-dashboard.mjs")], { encoding: "utf8" });
    if (built.status !== 0) throw new Error(built.stderr);
    directory = mkdtempSync(join(tmpdir(), "farthing-browser-"));
    await seed(directory);
    upstream = await startUpstream();
    gateway = await startGateway({ config: testConfig(upstream.origin, directory), log: () => undefined });
    origin = `http://127.0.0.1:${gateway.admin.port}`;
    browser = await startChromium();
  }, 120_000);
  afterEach(async () => {
    for (const watched of open.splice(0)) await watched.close();
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.close();
    await upstream?.close();
    if (directory !== "") rmSync(directory, { recursive: true, force: true });
  });

  /** Signs in by the link that the gateway prints, and waits for the figures. */
  async function signIn(query = "", options: Parameters<typeof openWatched>[2] = {}): Promise<WatchedPage> {
    const watched = await openWatched(browser, origin, { viewport: { width: 1280, height: 860 }, ...options });
    open.push(watched);
    await watched.page.goto(`${origin}/${query}#token=${gateway.engine.adminToken}`);
    await watched.page.locator("[data-figure=cost] .figure data").waitFor();
    return watched;
  }

  it.each(["24h", "7d"])("shows what farthing report shows, to the pico-dollar: %s", async (last) => {
    const { page, wrongs } = await signIn(`?last=${last}`);
    const { total } = report(directory, last);
    const saved = BigInt(total.baselinePicoUsd) - BigInt(total.comparedCostPicoUsd);
    expect({
      cost: await valueOf(page, "[data-figure=cost] .figure data"),
      saved: await valueOf(page, "[data-figure=saved] .figure data"),
      hits: await valueOf(page, "[data-figure=hits] .figure data"),
      requests: await valueOf(page, "[data-figure=requests] .figure data"),
    }).toEqual({
      cost: total.costPicoUsd,
      saved: saved.toString(),
      hits: String(total.cacheHits),
      requests: String(total.requests),
    });
    expect(total.requests).toBeGreaterThan(100);
    expect(await techniquesOf(page)).toEqual(total.savedPicoUsd);
    expect(wrongs).toEqual([]);
  });

  it.each(["feature", "model", "user"])("groups by %s as farthing report --by does", async (dimension) => {
    const { page } = await signIn("?last=30d");
    const card = page.locator("section", { has: page.locator(`caption:has-text("Cost by ${dimension}")`) });
    const more = card.locator("button.more");
    if ((await more.count()) > 0) await more.click();
    const shown = await card
      .locator("tbody tr")
      .evaluateAll((rows) =>
        rows.map((row) => [...row.querySelectorAll("data")].map((amount) => amount.getAttribute("value"))),
      );
    const { total, lines } = report(directory, "30d", dimension);
    expect(await valueOf(page, "[data-figure=cost] .figure data")).toBe(total.costPicoUsd);
    const expected = lines
      .slice(0, 10)
      .filter((line) => line.unpriced < line.requests)
      .map((line) => [line.costPicoUsd, String(BigInt(line.baselinePicoUsd) - BigInt(line.comparedCostPicoUsd))]);
    // A line whose every cost is unknown shows that and no amount.
    expect(shown.filter((amounts) => amounts.length === 2)).toEqual(expected);
  });

  it.each(["light", "dark"] as const)("has no barrier and breaks no rule of its policy: %s", async (colorScheme) => {
    const { page, wrongs, findBarriers } = await signIn("", { colorScheme });
    expect(await findBarriers()).toEqual([]);
    await page.getByRole("button", { name: "Table" }).click();
    expect(await findBarriers()).toEqual([]);
    await page.locator("#requests tbody a").first().click();
    await page.locator("dialog h3").first().waitFor();
    await settled(page);
    expect(await findBarriers()).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Admin token").waitFor();
    expect(await findBarriers()).toEqual([]);
    expect(wrongs).toEqual([]);
  });

  it("leads by the keyboard alone to a request's journal and back", async () => {
    const { page, wrongs } = await signIn();
    await page.keyboard.press("Tab");
    for (let presses = 0; presses < 60 && !(await isFocused(page, "#requests tbody a")); presses++) {
      await page.keyboard.press("Tab");
    }
    const id = new URL((await page.locator(":focus").getAttribute("href")) ?? "", origin).searchParams.get("request");
    await page.keyboard.press("Enter");
    await page.locator("dialog[open] .journal li").first().waitFor();
    expect(await page.locator("dialog[open] h2").textContent()).toContain(id ?? "no id");
    expect(new URL(page.url()).searchParams.get("request")).toBe(id);
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    expect(await isFocused(page, "#requests tbody a")).toBe(true);
    await page.goBack();
    await page.locator("dialog[open] .journal li").first().waitFor();
    expect(wrongs).toEqual([]);
  });

  it("walks the chart by the keyboard, and says what it passes", async () => {
    const { page } = await signIn("?last=7d");
    const chart = page.getByRole("slider");
    await chart.focus();
    const summary = await chart.getAttribute("aria-valuetext");
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowLeft");
    const told = await chart.getAttribute("aria-valuetext");
    expect(told).not.toBe(summary);
    expect(told).toMatch(/^.+: spent .*\$[\d.,]+, saved .*\$[\d.,]+, [\d,]+ requests?$/);
    expect(await page.locator(".legend .when").textContent()).toContain(told?.split(": ")[0] ?? "nothing");
  });

  it("keeps all of its state in the address, and no token", async () => {
    const { page } = await signIn("?last=7d&view=table");
    expect(page.url()).toBe(`${origin}/?last=7d&view=table`);
    await page.getByRole("button", { name: "Last 30 d" }).click();
    await page.getByRole("button", { name: /^Time zone/ }).click();
    await page.getByRole("heading", { name: "Last 30 days" }).waitFor();
    expect(page.url()).toBe(`${origin}/?last=30d&zone=UTC&view=table`);
    await page.reload();
    await page.getByRole("button", { name: "Time zone: UTC. Change" }).waitFor();
    expect(await page.locator(".rows tbody tr").count()).toBeGreaterThan(20);
  });

  it("has none either where the latest requests are of another day", async () => {
    const now = new Date();
    // A zone in which the day began a minute ago.
    const sinceNoon = (now.getUTCHours() * 60 + now.getUTCMinutes() + 12 * 60 - 1) % (24 * 60);
    const offset = 12 * 60 - sinceNoon;
    const [hours, minutes] = [offset / 60, offset % 60].map((part) =>
      String(Math.trunc(Math.abs(part))).padStart(2, "0"),
    );
    const zone = `${offset < 0 ? "-" : "+"}${hours}:${minutes}`;
    const { page, findBarriers } = await signIn(`?zone=${encodeURIComponent(zone)}`);
    expect(await page.locator("#requests tbody a").last().textContent()).toMatch(/^\d+ \w+, \d\d:\d\d$/);
    expect(await findBarriers()).toEqual([]);
  });

  it("fits a phone: nothing to scroll sideways", async () => {
    const { page, findBarriers } = await signIn("", { viewport: { width: 390, height: 844 } });
    expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    expect(await findBarriers()).toEqual([]);
  });

  it("refuses a wrong token in words, and goes back to signing in when the session ends", async () => {
    const watched = await openWatched(browser, origin, {});
    open.push(watched);
    await watched.page.goto(origin);
    await watched.page.getByLabel("Admin token").fill("fa_wrong");
    await watched.page.getByRole("button", { name: "Sign in" }).click();
    await watched.page.getByText("This is not the admin token of this gateway.").waitFor();
    await watched.page.getByLabel("Admin token").fill(gateway.engine.adminToken);
    await watched.page.keyboard.press("Enter");
    await watched.page.locator("[data-figure=cost]").waitFor();
    await watched.page.context().clearCookies();
    await watched.page.getByRole("button", { name: "Last 1 h" }).click();
    await watched.page.getByLabel("Admin token").waitFor();
    expect(await watched.page.locator("[data-figure]").count()).toBe(0);
  });

  it("is pictured in the README", async () => {
    const folder = process.env["FARTHING_WRITE_IMAGES"] === "1" ? join(root, "docs", "images") : directory;
    mkdirSync(folder, { recursive: true });
    const { page } = await signIn("?last=7d", { deviceScaleFactor: 1.5, viewport: { width: 1280, height: 1010 } });
    await page.locator("[data-feed=live]").waitFor();
    await settled(page);
    const picture = await page.screenshot({ path: join(folder, "overview.png") });
    expect(picture.length).toBeGreaterThan(50_000);
    expect(readFileSync(join(root, "README.md"), "utf8")).toContain("docs/images/overview.png");
  });

  it("shows a new request within moments, without being asked", async () => {
    const { page } = await signIn();
    const requests = page.locator("[data-figure=requests] .figure data");
    const before = Number(await requests.getAttribute("value"));
    await page.locator("[data-feed=live]").waitFor();
    await send(gateway.traffic.port);
    await page.locator(`[data-figure=requests] .figure data[value="${before + 1}"]`).waitFor({ timeout: 8000 });
    expect(await page.locator("#requests tbody tr").first().textContent()).toContain("gpt-4o-mini");
  });

  it("says how to send the first request while there is none", async () => {
    const empty = join(directory, "empty");
    const first = await startGateway({ config: testConfig(upstream.origin, empty), log: () => undefined });
    try {
      const watched = await openWatched(browser, `http://127.0.0.1:${first.admin.port}`, {});
      open.push(watched);
      await watched.page.goto(`http://127.0.0.1:${first.admin.port}/#token=${first.engine.adminToken}`);
      await watched.page.getByRole("heading", { name: "Send the first request" }).waitFor();
      await watched.page.getByText(`OPENAI_BASE_URL=http://127.0.0.1:${first.traffic.port}/v1`).waitFor();
      expect(await watched.findBarriers()).toEqual([]);
      expect(watched.wrongs).toEqual([]);
      await first.close();
      await watched.page.getByText("These figures are not the latest.").waitFor();
      await watched.page.getByRole("button", { name: "Offline. Pause live updates" }).waitFor();
    } finally {
      await first.close();
    }
  });
});

/** The amounts of `farthing report --json` that are compared here. */
interface ReportTotals {
  readonly requests: number;
  readonly costPicoUsd: string;
  readonly baselinePicoUsd: string;
  readonly comparedCostPicoUsd: string;
  readonly savedPicoUsd: Readonly<Record<string, string>>;
  readonly cacheHits: number;
  readonly unpriced: number;
}

function report(directory: string, last: string, by?: string): { total: ReportTotals; lines: readonly ReportTotals[] } {
  const flags = ["--last", last, "--json", "--data-dir", directory, ...(by === undefined ? [] : ["--by", by])];
  const main = join(root, "src", "cli", "main.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, "report", ...flags], {
    encoding: "utf8",
    cwd: directory,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as { total: ReportTotals; lines: readonly ReportTotals[] };
}

/** Puts 4,000 rows into a new ledger, as the gateway does. */
async function seed(directory: string): Promise<void> {
  const nowMs = Date.now();
  const settings = testConfig("http://127.0.0.1:1", directory).ledger;
  const ledger = await openLedger({
    directory,
    settings: { ...settings, spoolRowsMax: 10_000 },
    clock: systemClock,
    alarm: (code, detail) => {
      throw new Error(`${code} ${detail}`);
    },
  });
  const isAtEdge = (arrivedAtMs: number): boolean =>
    edges.some((edgeMs) => Math.abs(nowMs - arrivedAtMs - edgeMs) < 20 * 60_000);
  for (const row of seededRows(4000, nowMs, 5)) if (!isAtEdge(row.arrivedAtMs)) await ledger.append(row, false);
  await ledger.close();
}

async function valueOf(page: Page, selector: string): Promise<string | null> {
  return page.locator(selector).getAttribute("value");
}

async function techniquesOf(page: Page): Promise<Record<string, string>> {
  const card = page.locator("section[aria-labelledby=techniques-title]");
  const lines = await card
    .locator("li")
    .evaluateAll((items) =>
      items.map((item) => [
        item.querySelector(".name")?.textContent ?? "",
        item.querySelector("data")?.getAttribute("value") ?? "",
      ]),
    );
  return Object.fromEntries(lines as [string, string][]);
}

function isFocused(page: Page, selector: string): Promise<boolean> {
  return page.evaluate<boolean>(`document.activeElement?.matches(${JSON.stringify(selector)}) === true`);
}

/** Movements are over: colours in between would be taken for the page's. */
function settled(page: Page): Promise<unknown> {
  return page.evaluate("Promise.all(document.getAnimations().map((animation) => animation.finished))");
}
