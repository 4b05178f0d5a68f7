import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Where Debian's package puts it. */
const executablePath = "/usr/bin/chromium";

/** Tests that need a browser are skipped, visibly, where there is none. */
export const hasChromium: boolean = existsSync(executablePath);

/** A browser with an empty profile that calls nobody by itself. */
export function startChromium(): Promise<Browser> {
  const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"];
  return chromium.launch({
    executablePath,
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", ...quiet],
  });
}
