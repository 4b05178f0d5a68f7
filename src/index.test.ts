import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createEngine, FarthingError, loadConfig, startGateway } from "./index.ts";

it("starts a gateway with the defaults of a config, on a ledger of its own", async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), "farthing-index-"));
  const { config } = loadConfig({
    file: null,
    env: {},
    overrides: { listen: "127.0.0.1:0", listenAdmin: "127.0.0.1:0", dataDirectory },
    generation: 1,
  });
  const gateway = await startGateway({ config, log: () => undefined });
  expect(gateway.engine.status()).toMatchObject({ configGeneration: 1, localKeys: 0, off: false, inFlight: 0 });
  await expect(createEngine(config, { log: () => undefined })).rejects.toSatisfy(FarthingError.isInstance);
  await gateway.close();
  const again = await createEngine(config, { log: () => undefined });
  await again.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});
