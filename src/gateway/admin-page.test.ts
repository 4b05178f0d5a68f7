import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, request as httpRequest, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { FarthingError } from "../kit/farthing-error.ts";
import { createAdminAssets } from "./admin-assets.ts";
import { type GotAnswer, send, type TestGateway, until } from "./test-gateway.ts";
import { createTestGateways } from "./test-gateways.ts";

const gateways = createTestGateways();
const { start } = gateways;
const folders: string[] = [];
afterEach(async () => {
  await gateways.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function call(stack: TestGateway, method: string, path: string, headers: readonly string[]): Promise<GotAnswer> {
  // The test's own default is a key; a browser sends none.
  return send(stack.adminPort, { method, path, headers: ["x-api-key", "none", ...headers] });
}

function tokenOf(stack: TestGateway): string {
  return readFileSync(join(stack.config.dataDirectory, "admin-token"), "utf8").trim();
}

function cookieOf(headers: IncomingHttpHeaders): string {
  return headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
}

async function signIn(stack: TestGateway): Promise<string> {
  return cookieOf(
    (await call(stack, "POST", "/v1/farthing/session", ["authorization", `Bearer ${tokenOf(stack)}`])).headers,
  );
}

describe("signing in", () => {
  it("exchanges the token for a cookie that scripts and other sites do not get", async () => {
    const stack = await start();
    const answer = await call(stack, "POST", "/v1/farthing/session", ["authorization", `Bearer ${tokenOf(stack)}`]);
    expect(answer.status).toBe(200);
    expect(answer.headers["set-cookie"]?.[0]).toMatch(
      new RegExp(`^farthing-admin-${stack.adminPort}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/; Max-Age=43200$`),
    );
    expect(answer.text).not.toContain(tokenOf(stack));
  });

  it("takes the whole token and nothing else", async () => {
    const stack = await start();
    for (const given of ["", "Bearer fa_wrong", `Bearer ${tokenOf(stack)}x`, tokenOf(stack)]) {
      const answer = await call(stack, "POST", "/v1/farthing/session", ["authorization", given]);
      expect([answer.status, answer.headers["set-cookie"]]).toEqual([403, undefined]);
    }
  });

  it("opens the API to the cookie, until it signs out", async () => {
    const stack = await start();
    const cookie = await signIn(stack);
    const status = async (...more: string[]): Promise<number> =>
      (await call(stack, "GET", "/v1/farthing/status", ["cookie", `a=b; ${cookie}`, ...more])).status;
    expect(await status()).toBe(200);
    expect((await call(stack, "GET", "/v1/farthing/session", ["cookie", cookie])).json()["signedIn"]).toBe(true);
    expect((await call(stack, "DELETE", "/v1/farthing/session", ["cookie", cookie])).status).toBe(403);
    const out = await call(stack, "DELETE", "/v1/farthing/session", ["cookie", cookie, "x-farthing-csrf", "1"]);
    expect(out.headers["set-cookie"]?.[0]).toContain("Max-Age=0");
    expect(await status()).toBe(403);
    expect((await call(stack, "GET", "/v1/farthing/session", ["cookie", cookie])).json()["signedIn"]).toBe(false);
  });

  it("ends after twelve hours", async () => {
    let nowMs = Date.now();
    const clock = { nowMs: () => nowMs, monotonicUs: () => performance.now() * 1000, after: () => () => undefined };
    const stack = await start({ engine: { clock } });
    const cookie = await signIn(stack);
    const status = async (): Promise<number> =>
      (await call(stack, "GET", "/v1/farthing/status", ["cookie", cookie])).status;
    nowMs += 12 * 3_600_000 - 1;
    expect(await status()).toBe(200);
    nowMs += 1;
    expect(await status()).toBe(403);
  });

  it.each([
    [["origin", "http://127.0.0.1:3000"]],
    [["origin", "null"]],
    [["sec-fetch-site", "cross-site"]],
    [["sec-fetch-site", "same-site"]],
  ])("lets no page of another origin use the cookie: %j", async (headers) => {
    const stack = await start();
    const cookie = await signIn(stack);
    expect((await call(stack, "GET", "/v1/farthing/status", ["cookie", cookie, ...headers])).status).toBe(403);
    const token = ["authorization", `Bearer ${tokenOf(stack)}`];
    expect((await call(stack, "POST", "/v1/farthing/session", [...token, ...headers])).status).toBe(403);
  });

  it("lets its own page use it, behind a proxy with TLS too", async () => {
    const stack = await start();
    const cookie = await signIn(stack);
    for (const scheme of ["http", "https"]) {
      const own = ["origin", `${scheme}://127.0.0.1:${stack.adminPort}`, "sec-fetch-site", "same-origin"];
      expect((await call(stack, "GET", "/v1/farthing/status", ["cookie", cookie, ...own])).status).toBe(200);
    }
  });

  it("tells the address the same whether a path is there or not", async () => {
    const stack = await start();
    const answers = await Promise.all(
      ["/v1/farthing/overview", "/nothing"].map((path) => call(stack, "GET", path, ["cookie", "farthing-admin-1=x"])),
    );
    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
  });
});

describe("figures", () => {
  it("want a duration, a zone and a limit that make sense", async () => {
    const stack = await start();
    const headers = ["authorization", `Bearer ${tokenOf(stack)}`];
    for (const query of ["overview?last=24", "overview?last=0s", "overview?last=401d", "overview?zone=Mars/Base"]) {
      expect((await call(stack, "GET", `/v1/farthing/${query}`, headers)).status).toBe(400);
    }
    for (const limit of ["0", "201", "1e2", "-1", ""]) {
      expect((await call(stack, "GET", `/v1/farthing/requests?limit=${limit}`, headers)).status).toBe(400);
    }
  });
});

describe("events", () => {
  it("tell that the ledger grew, and a page that comes back what it missed", async () => {
    const stack = await start();
    const cookie = await signIn(stack);
    const stream = listen(stack, { cookie });
    await until(() => stream.text().includes("retry:"));
    expect(stream.text()).not.toContain("event: change");
    await send(stack.port);
    await until(() => stream.text().includes("event: change"));
    const [, id = ""] = /id: (\S+)/.exec(stream.text()) ?? [];
    stream.stop();
    const upToDate = listen(stack, { cookie, "last-event-id": id });
    const behind = listen(stack, { cookie, "last-event-id": "0.0" });
    await until(() => behind.text().includes("event: change") && upToDate.text().includes("retry:"));
    expect(upToDate.text()).not.toContain("event: change");
    upToDate.stop();
    behind.stop();
  });

  it("end with the session", async () => {
    const stack = await start();
    const cookie = await signIn(stack);
    const stream = listen(stack, { cookie });
    await until(() => stream.text().includes("retry:"));
    await call(stack, "DELETE", "/v1/farthing/session", ["cookie", cookie, "x-farthing-csrf", "1"]);
    await until(stream.ended);
    expect(stream.text()).not.toContain("event: change");
  });

  it("go to 64 pages, and refuse one more in words", async () => {
    const stack = await start();
    const cookie = await signIn(stack);
    const streams = Array.from({ length: 64 }, () => listen(stack, { cookie }));
    await until(() => streams.every((stream) => stream.text() !== ""));
    expect((await call(stack, "GET", "/v1/farthing/events", ["cookie", cookie])).status).toBe(503);
    for (const stream of streams) stream.stop();
  });
});

describe("the dashboard's files", () => {
  it("are served with a policy that lets nothing else run, hashed names for good", async () => {
    const folder = built();
    const page = await serve(folder, "/");
    expect([page.status, page.text, page.headers["cache-control"]]).toEqual([200, "<!doctype html>", "no-cache"]);
    expect(page.headers["content-security-policy"]).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    );
    expect([page.headers["x-content-type-options"], page.headers["referrer-policy"]]).toEqual([
      "nosniff",
      "no-referrer",
    ]);
    const script = await serve(folder, "/assets/index-abc.js");
    expect([script.text, script.headers["content-type"]]).toEqual(["start()", "text/javascript; charset=utf-8"]);
    expect(script.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  });

  it("come compressed to who takes that", async () => {
    const small = await serve(built(), "/assets/index-abc.js", ["accept-encoding", "gzip, br"]);
    expect([small.text, small.headers["content-encoding"], small.headers.vary]).toEqual([
      "smaller",
      "br",
      "accept-encoding",
    ]);
  });

  it("are these and no others", async () => {
    const folder = built();
    for (const path of ["/.built-from", "/assets/../.built-from", "/assets/nothing.js", "/assets/", "/index-abc.js"]) {
      expect((await serve(folder, path)).status).toBe(404);
    }
  });

  it("say how to build them while they are not there", async () => {
    const folder = mkdtempSync(join(tmpdir(), "farthing-page-"));
    folders.push(folder);
    const answer = await serve(folder, "/");
    expect(answer.status).toBe(503);
    expect(answer.text).toContain("npm run build");
  });
});

/** Opens a stream and gathers what it says. */
function listen(
  stack: TestGateway,
  headers: Record<string, string>,
): { text: () => string; ended: () => boolean; stop(): void } {
  let text = "";
  let ended = false;
  const path = "/v1/farthing/events";
  const outgoing = httpRequest(
    { port: stack.adminPort, host: "127.0.0.1", path, headers, agent: false },
    (response) => {
      response.setEncoding("utf8");
      response.on("data", (piece: string) => (text += piece));
      response.on("close", () => (ended = true));
    },
  );
  outgoing.on("error", () => (ended = true));
  outgoing.end();
  return { text: () => text, ended: () => ended, stop: () => void outgoing.destroy() };
}

/** A folder as a build leaves it. */
function built(): string {
  const folder = mkdtempSync(join(tmpdir(), "farthing-page-"));
  folders.push(folder);
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "index.html"), "<!doctype html>");
  writeFileSync(join(folder, "assets", "index-abc.js"), "start()");
  writeFileSync(join(folder, "assets", "index-abc.js.br"), "smaller");
  writeFileSync(join(folder, ".built-from"), "secret");
  return folder;
}

async function serve(folder: string, path: string, headers: readonly string[] = []): Promise<GotAnswer> {
  const assets = createAdminAssets(folder);
  const server = createServer((request, response: ServerResponse) => {
    try {
      assets.answer(request, response, request.url ?? "");
    } catch (error) {
      response.writeHead(FarthingError.isInstance(error) ? error.status : 500).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const answer = await send((server.address() as AddressInfo).port, { method: "GET", path, headers });
  server.close();
  return answer;
}
