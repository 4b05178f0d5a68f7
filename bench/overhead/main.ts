// `npm run bench:overhead`: what the gateway adds to a call, as CPU of its whole process tree against a bare relay in the
// same rounds. The subject is pinned to core 0; upstream and clients (this process) share core 1.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { printMeasurement, readFlags, type Result } from "../measurement.ts";
import { loadOnce, type BenchRun } from "./bench-run.ts";
import { measureHits } from "./measure-hits.ts";
import { measureLatency } from "./measure-latency.ts";
import { measureMisses } from "./measure-misses.ts";
import { measureStreams } from "./measure-streams.ts";
import { measureTranslated } from "./measure-translated.ts";
import { measureWhole } from "./measure-whole.ts";
import { proveSettled } from "./prove-settled.ts";
import {
  type GatewayMode,
  gatewayModes,
  startBudgetedSubject,
  startGatewaySubject,
  startNginx,
  startPortkey,
  startScript,
  startTranslatingSubject,
  type Subject,
} from "./subjects.ts";
import { startUpstream, type Upstream } from "./upstream.ts";

const flags = readFlags(process.argv.slice(2));
pinSelf();
const scratch = mkdtempSync(join(tmpdir(), "farthing-bench-"));
const upstream = await startUpstream();
const subjects = await startSubjects(upstream);
let serial = flags.seed * 1_000_000;
const run: BenchRun = {
  upstream,
  subjects,
  rounds: flags.quick ? 3 : 5,
  roundMs: 1_000,
  fresh: () => (serial += 1),
  sent: new Map(),
};
const results: Result[] = [];
try {
  await warmUp();
  for (const measure of [measureWhole, measureMisses, measureStreams, measureTranslated, measureHits, measureLatency])
    results.push(...(await measure(run)));
  for (const subject of subjects) {
    results.push(...(await proveSettled(subject, run.sent.get(subject.name) ?? 0)));
  }
} finally {
  await Promise.all(subjects.map((subject) => subject.stop()));
  rmSync(scratch, { recursive: true, force: true });
}
const load = { connections: 32, rounds: run.rounds, roundMs: run.roundMs, bodyBytes: [1_024, 8_192, 102_400] };
printMeasurement({ command: "bench:overhead", seed: flags.seed, load, results }, flags);
process.exit();

/** Upstream and clients stay on core 1; without two cores the figures would mean nothing. */
function pinSelf(): void {
  if (process.platform !== "linux" || cpus().length < 2) {
    process.stderr.write("bench:overhead needs Linux with two cores (it pins the gateway to one of them).\n");
    process.exit(2);
  }
  execFileSync("taskset", ["-a", "-p", "-c", "1", String(process.pid)], { stdio: "ignore" });
}

async function startSubjects(target: Upstream): Promise<readonly Subject[]> {
  const origin = `http://127.0.0.1:${target.port}`;
  const all = await Promise.all([
    startScript("relay", "relay.ts", [origin]),
    startScript("static", "static-reply.ts", []),
    ...(Object.keys(gatewayModes) as GatewayMode[]).map((mode) => startGatewaySubject(mode, origin, scratch)),
    startBudgetedSubject(origin, scratch),
    startTranslatingSubject(origin, scratch),
    startNginx(target.port, target.port === 39_001 ? 39_002 : 39_001),
    startPortkey(39_011),
  ]);
  return all.filter((subject) => subject !== null);
}

/** Long: the engine still recompiled functions of the gateway after 30,000 requests, the relay's after 3,000. */
async function warmUp(): Promise<void> {
  for (const subject of subjects) {
    const plan = { bodyBytes: 1_024, connections: 32, ratePerSecond: null, durationMs: flags.quick ? 1_500 : 10_000 };
    // The one that translates is only measured with streams.
    const streamsOnly = subject.name === "farthing-translated";
    if (!streamsOnly) await loadOnce(run, subject, { ...plan, stream: false });
    const streaming = { ...plan, stream: true, connections: 8, durationMs: streamsOnly ? plan.durationMs : 1_500 };
    if (subject.name !== "static") await loadOnce(run, subject, streaming);
  }
}
