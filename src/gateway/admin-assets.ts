import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { FarthingError } from "../kit/farthing-error.ts";
import { writeWhole } from "./write-answer.ts";

/** One built file, and the same compressed where the build did that. */
interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly brotli: Buffer | null;
}

/**
 * What a page may do: its own files and its own API, and nothing that is written into the page itself. `data:` is for the
 * pictures of form controls.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join("; ");

const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": contentSecurityPolicy,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
};

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** The built dashboard: in the package beside the code, in the repository where its workspace builds it. */
function dashboardFolder(): string {
  const fromSource = import.meta.url.endsWith(".ts");
  return fileURLToPath(new URL(fromSource ? "../../dashboard/dist/" : "../../dist/dashboard/", import.meta.url));
}

/** Answers requests for the dashboard's own files, which tell nothing and therefore need no token. */
export interface AdminAssets {
  /** True when this path is one of the dashboard's files. */
  holds(path: string): boolean;
  /** @throws FarthingError `unknown_path`. */
  answer(request: IncomingMessage, response: ServerResponse, path: string): void;
}

/**
 * The files of a folder, read into memory when they are first asked for: what is served later cannot be changed on the disk, and
 * a name outside of it cannot be asked for. While there is no page yet, `/` says how to build it.
 */
export function createAdminAssets(folder: string = dashboardFolder()): AdminAssets {
  let assets: ReadonlyMap<string, Asset> | null = null;
  return {
    holds: (path) => path === "/" || path === "/favicon.svg" || path.startsWith("/assets/"),
    answer: (request, response, path) => {
      assets ??= readAssets(folder);
      const asset = assets?.get(path === "/" ? "/index.html" : path);
      if (asset !== undefined) writeAsset(request, response, asset, path.startsWith("/assets/"));
      else if (path === "/" && assets === null) writeMissing(request, response);
      else throw new FarthingError("unknown_path", "There is no such file of the dashboard. Reload the page at /.");
    },
  };
}

function readAssets(folder: string): ReadonlyMap<string, Asset> | null {
  if (!existsSync(join(folder, "index.html"))) return null;
  const assets = new Map<string, Asset>();
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    const file = join(folder, name);
    const brotli = existsSync(`${file}.br`) ? readFileSync(`${file}.br`) : null;
    assets.set(`/${name.replaceAll("\\", "/")}`, { type, body: readFileSync(file), brotli });
  }
  return assets;
}

/** Names under `/assets/` change with what they hold, so a browser may keep them for good; the others are asked for each time. */
function writeAsset(request: IncomingMessage, response: ServerResponse, asset: Asset, isHashed: boolean): void {
  const compressed = asset.brotli !== null && takesBrotli(request) ? asset.brotli : null;
  const headers = {
    "content-type": asset.type,
    "cache-control": isHashed ? "public, max-age=31536000, immutable" : "no-cache",
    vary: "accept-encoding",
    ...(compressed === null ? {} : { "content-encoding": "br" }),
    ...securityHeaders,
  };
  writeWhole(request, response, 200, Object.entries(headers).flat(), compressed ?? asset.body);
}

function takesBrotli(request: IncomingMessage): boolean {
  const accepted = request.headers["accept-encoding"];
  return typeof accepted === "string" && /(?:^|,)\s*br\s*(?:,|$)/.test(accepted);
}

function writeMissing(request: IncomingMessage, response: ServerResponse): void {
  const text =
    "<!doctype html><html lang=en><meta charset=utf-8><title>Farthing</title><h1>The dashboard is not built</h1>" +
    "<p>The gateway runs. To see its page, run <code>npm run build</code> in the repository, then reload this one. " +
    "Until then <code>npm run farthing -- report</code> shows the same figures.</p></html>";
  const headers = { "content-type": "text/html; charset=utf-8", "cache-control": "no-store", ...securityHeaders };
  writeWhole(request, response, 503, Object.entries(headers).flat(), Buffer.from(text));
}
