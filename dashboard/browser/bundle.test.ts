import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const dist = join(root, "dashboard", "dist");
/** What the first screen may weigh: JavaScript and CSS, compressed. */
const kibibytesMax = 100;

/** The built files whose names fit. */
function texts(pattern: RegExp): Buffer[] {
  return readdirSync(join(dist, "assets"))
    .filter((name) => pattern.test(name))
    .map((name) => readFileSync(join(dist, "assets", name)));
}

describe("the built page", () => {
  beforeAll(() => {
    const built = spawnSync(process.execPath, [join(root, "tools/entry/build-dashboard.mjs")], { encoding: "utf8" });
    if (built.status !== 0) throw new Error(built.stderr);
  }, 60_000);

  it(`loads at most ${kibibytesMax} KiB of code and style`, () => {
    const bytes = texts(/\.(?:js|css)$/).reduce((sum, text) => sum + gzipSync(text, { level: 9 }).length, 0);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes / 1024).toBeLessThanOrEqual(kibibytesMax);
  });

  it("has nothing in it that its policy would stop", () => {
    const page = readFileSync(join(dist, "index.html"), "utf8");
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
    for (const address of page.matchAll(/(?:src|href)="([^"]*)"/g)) expect(address[1]).toMatch(/^\//);
    expect(texts(/\.css$/).join("")).not.toMatch(/@import|url\((?!["']?data:)/);
  });

  it("lies compressed beside itself", () => {
    const names = readdirSync(dist, { recursive: true, encoding: "utf8" });
    for (const name of names.filter((each) => /\.(?:html|js|css|svg)$/.test(each)))
      expect(names).toContain(`${name}.br`);
  });
});
