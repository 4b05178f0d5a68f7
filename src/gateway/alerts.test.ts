import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createFakeClock } from "../testing/fake-clock.ts";
import { startGateway } from "./server.ts";
import { chatReply, chatRequest, send, startUpstream, testConfig } from "./test-gateway.ts";

it("a gateway tells of a model without a price after a minute, once, and goes on with a changed config", async () => {
  const directory = mkdtempSync(join(tmpdir(), "farthing-gateway-alerts-"));
  const upstream = await startUpstream();
  upstream.answer = (_call, response) =>
    response.writeHead(200).end(JSON.stringify({ ...chatReply, model: "brand-new" }));
  const clock = createFakeClock();
  const log: object[] = [];
  const config = testConfig(upstream.origin, directory);
  const gateway = await startGateway({ config, engineOptions: { clock }, log: (line) => log.push(line) });
  const alerts = (): object[] => log.filter((line) => "event" in line && line.event === "alert");
  try {
    const body = JSON.stringify(chatRequest({ model: "brand-new" }));
    expect((await send(gateway.traffic.port, { body })).status).toBe(200);
    clock.advance(61_000);
    await expect.poll(alerts, { timeout: 10_000 }).toHaveLength(1);
    expect(alerts()).toMatchObject([{ status: "firing", rule: "unpriced-model", subject: "openai/brand-new" }]);
    gateway.reload({ ...config, generation: 2 });
    await clock.advanceAsync(61_000);
    expect(alerts()).toHaveLength(1);
  } finally {
    await gateway.close();
    await upstream.close();
    rmSync(directory, { recursive: true });
  }
}, 20_000);
