import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, describe, onTestFinished, test } from "vitest";
import { systemClock } from "../../assembly/system-clock.ts";
import type { AnswerStore } from "../../spec/answer-store.ts";
import { modelFound, storeAnswer } from "../../testing/answer-store-probes.ts";
import { sampleScope } from "../../testing/sample-answer.ts";
import { freePort } from "../test-free-port.ts";
import { openRedisAnswerStore } from "./redis-answer-store.ts";
import { redisAbsence, startTestRedisServer, type TestRedisServer } from "./test-redis-server.ts";

const scope = sampleScope("owner");
/** Makes the certificate. */
const openssl = "/usr/bin/openssl";
const absence = redisAbsence ?? (existsSync(openssl) ? null : "no openssl here (Debian: openssl)");

let directory: string;
let server: TestRedisServer;
let tlsPort: number;
let alarms: string[];

function open(): Promise<AnswerStore> {
  const url = `rediss://127.0.0.1:${tlsPort}/0`;
  alarms = [];
  const alarm = (code: string, detail: string): void => void alarms.push(`${code}: ${detail}`);
  return openRedisAnswerStore({ url, prefix: "tls", bytesMax: 1 << 20, clock: systemClock, alarm });
}

describe.skipIf(absence !== null)(`Redis store of answers over TLS${absence === null ? "" : `: ${absence}`}`, () => {
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "farthing-tls-"));
    const [key, certificate] = [join(directory, "key.pem"), join(directory, "certificate.pem")];
    const made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=farthing-test";
    const place = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate];
    execFileSync(openssl, [...made.split(" "), ...place], { stdio: "ignore" });
    tlsPort = await freePort();
    const files = ["--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", certificate];
    server = await startTestRedisServer(["--tls-port", String(tlsPort), ...files, "--tls-auth-clients", "no"]);
  });
  afterAll(async () => {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  test("keeps and forgets on a server whose certificate is trusted", async () => {
    const trusted = getCACertificates("default");
    onTestFinished(() => setDefaultCACertificates(trusted));
    setDefaultCACertificates([...trusted, readFileSync(join(directory, "certificate.pem"), "utf8")]);
    const store = await open();
    onTestFinished(() => store.close());
    await storeAnswer(store, scope, "key");
    assert.equal(await modelFound(store, scope, "key"), "gpt-4o-mini");
    await store.purge({ owner: scope.owner }, Date.now());
    assert.equal(await modelFound(store, scope, "key"), null);
    assert.deepEqual(alarms, []);
  });

  test("sends nothing to a server whose certificate is not", async () => {
    const store = await open();
    onTestFinished(() => store.close());
    await assert.rejects(async () => store.get(scope, "key", Date.now()));
    assert.match(alarms.join("\n"), /certificate/i);
  });
});
