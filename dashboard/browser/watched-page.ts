import axe, { type AxeResults } from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

/** A page and everything that it did wrong. */
export interface WatchedPage {
  readonly page: Page;
  /** Requests to anywhere but the gateway, errors on the console, exceptions, violations of the content security policy. */
  readonly wrongs: string[];
  /** What axe finds (https://www.deque.com/axe/), each with the elements it means; empty when all is well. */
  findBarriers(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Opens a fresh profile and watches what its page does, from its first request on. */
export async function openWatched(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions,
): Promise<WatchedPage> {
  const context = await browser.newContext({ timezoneId: "Europe/Berlin", locale: "en-GB", ...options });
  const page = await context.newPage();
  const wrongs: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(`${origin}/`)) wrongs.push(`request to ${request.url()}`);
  });
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") wrongs.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => wrongs.push(`exception: ${error.message}`));
  await page.exposeFunction("noteViolation", (text: string) => wrongs.push(`policy: ${text}`));
  await page.addInitScript(
    `addEventListener("securitypolicyviolation", (event) => noteViolation(event.violatedDirective + " " + event.blockedURI))`,
  );
  return {
    page,
    wrongs,
    findBarriers: async () => {
      // Through the debugger's door, which no policy of the page closes.
      const has = await page.evaluate<boolean>("'axe' in globalThis");
      if (!has) await page.evaluate(axe.source);
      const { violations } = await page.evaluate<AxeResults>("axe.run(document, { resultTypes: ['violations'] })");
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
    },
    close: () => context.close(),
  };
}
