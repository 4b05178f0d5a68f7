import { describe, expect, it } from "vitest";
import { createAdminClient } from "./admin-client.ts";

type Seen = { path: string; options: RequestInit }[];

function client(answer: () => Response | Error): { seen: Seen; client: ReturnType<typeof createAdminClient> } {
  const seen: Seen = [];
  const fetch = (path: string, options: RequestInit): Promise<Response> => {
    seen.push({ path, options });
    const given = answer();
    return given instanceof Error ? Promise.reject(given) : Promise.resolve(given);
  };
  return { seen, client: createAdminClient(fetch) };
}

describe("calls to the gateway", () => {
  it("go to its own API, with what is asked for", async () => {
    const { seen, client: gateway } = client(() => Response.json([]));
    await gateway.overview("7d", "Asia/Kolkata");
    await gateway.latestRequests(50);
    await gateway.request("fr_1?x");
    expect(seen.map(({ path }) => path)).toEqual([
      "/v1/farthing/overview?last=7d&zone=Asia%2FKolkata",
      "/v1/farthing/requests?limit=50",
      "/v1/farthing/requests/fr_1%3Fx",
    ]);
    expect(seen.every(({ options }) => options.credentials === "same-origin")).toBe(true);
  });

  it("show the token once and the header that no other page can send", async () => {
    const { seen, client: gateway } = client(() => Response.json({}));
    await gateway.signIn("fa_x");
    await gateway.signOut();
    expect(seen.map(({ options }) => [options.method, options.headers])).toEqual([
      ["POST", { authorization: "Bearer fa_x" }],
      ["DELETE", { "x-farthing-csrf": "1" }],
    ]);
  });

  it("are answered by a value, by signed out, or by what went wrong", async () => {
    expect(await client(() => Response.json({ signedIn: true })).client.isSignedIn()).toEqual({
      kind: "ok",
      value: true,
    });
    expect(await client(() => new Response("{}", { status: 403 })).client.latestRequests(1)).toEqual({
      kind: "signed-out",
    });
    const refused = Response.json({ error: { message: "last takes a duration." } }, { status: 400 });
    expect(await client(() => refused).client.overview("1h", "UTC")).toEqual({
      kind: "failed",
      message: "last takes a duration.",
    });
    expect(await client(() => new Response("[]", { status: 500 })).client.request("a")).toEqual({
      kind: "failed",
      message: "The gateway answered 500.",
    });
  });

  it.each([
    ["127.0.0.1", "http://127.0.0.1:8787"],
    ["0.0.0.0", "http://gateway.local:8787"],
    ["::1", "http://[::1]:8787"],
  ])("tell where clients connect: %s", async (host, origin) => {
    const { client: gateway } = client(() => Response.json({ traffic: { host, port: 8787 } }));
    expect(await gateway.trafficOrigin("gateway.local")).toEqual({ kind: "ok", value: origin });
  });

  it("say when nobody answers, or too late", async () => {
    const gone = await client(() => new TypeError("fetch failed")).client.latestRequests(1);
    expect(gone).toEqual({ kind: "failed", message: "The gateway cannot be reached. Is it still running?" });
    const late = await client(() => new DOMException("late", "TimeoutError")).client.latestRequests(1);
    expect(late).toEqual({ kind: "failed", message: "The gateway did not answer within 30 seconds." });
  });
});
