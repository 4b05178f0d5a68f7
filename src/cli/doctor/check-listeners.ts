import { existsSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import type { FarthingConfig, ListenAddress } from "../../spec/config.ts";
import { bad, doubtful, type Finding, good } from "./finding.ts";

const waitMsMax = 2000;
const bodyBytesMax = 4096;

/** Whether both ports are free, or a Farthing answers there already; of a running one, how its ledger fares. */
export async function checkListeners(config: FarthingConfig): Promise<Finding[]> {
  const tokenFile = join(config.dataDirectory, "admin-token");
  const token = existsSync(tokenFile) ? readFileSync(tokenFile, "utf8").trim() : "";
  const found = await Promise.all([
    checkPort("traffic", "--listen", config.traffic, "/healthz", ""),
    checkPort("admin", "--listen-admin", config.admin, "/v1/farthing/status", token),
  ]);
  return found.flat();
}

async function checkPort(
  name: string,
  flag: string,
  address: ListenAddress,
  path: string,
  token: string,
): Promise<Finding[]> {
  const place = `${name} ${address.host}:${address.port}`;
  const reason = await bindOnce(address);
  if (reason === null) return [good("port", `${place} is free`)];
  if (reason !== "EADDRINUSE") {
    return [bad("port", `${place} cannot be listened on (${reason})`, `Choose another with ${flag}.`)];
  }
  const answer = await get(address, path, token);
  if (answer?.status === 200 && answer.body.startsWith("{")) {
    const answers = good("port", `${place}: a gateway answers there`);
    return name === "admin" ? [answers, ...checkRunningLedger(answer.body)] : [answers];
  }
  if (name === "admin" && answer?.status === 403 && answer.body.includes("admin token")) {
    const fix = `Stop it, choose another with ${flag}, or name its directory with --data-dir.`;
    return [bad("port", `${place}: a gateway with another data directory answers there`, fix)];
  }
  return [bad("port", `${place} is taken by another program`, `Stop that one, or choose another with ${flag}.`)];
}

/** What the gateway's status says of its ledger; nothing when all is well, or the answer is no status. */
export function checkRunningLedger(body: string): Finding[] {
  const status = readStatus(body);
  const findings: Finding[] = [];
  if (typeof status.lastError === "string") {
    const text = `the running gateway cannot write its ledger; lastError: ${status.lastError}`;
    findings.push(bad("ledger", text, "Give the data directory room and its owner's rights; rows wait in memory."));
  }
  if (typeof status.rowsDropped === "number" && status.rowsDropped > 0) {
    const text = `the running gateway lost ${status.rowsDropped} rows since its start`;
    findings.push(
      doubtful("ledger", text, "Free the disk, or raise ledger.spoolRowsMax; the sums lack these requests."),
    );
  }
  return findings;
}

function readStatus(body: string): { readonly lastError?: unknown; readonly rowsDropped?: unknown } {
  try {
    return (JSON.parse(body) as { ledger?: Record<string, unknown> }).ledger ?? {};
  } catch {
    return {};
  }
}

/** Listens for a moment; null when that worked, else the error's code. */
function bindOnce({ host, port }: ListenAddress): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "unknown"));
    server.listen({ host, port, exclusive: true }, () => void server.close(() => resolve(null)));
  });
}

/** A short answer of whatever listens there; null when none came. */
function get(address: ListenAddress, path: string, token: string): Promise<{ status: number; body: string } | null> {
  const host = address.host === "0.0.0.0" ? "127.0.0.1" : address.host === "::" ? "::1" : address.host;
  return new Promise((resolve) => {
    // The token goes to this machine only, and only where the config says that our own gateway listens.
    const headers = token === "" ? {} : { authorization: `Bearer ${token}` };
    const call = request({ host, port: address.port, path, headers, timeout: waitMsMax }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        body += text;
        if (body.length > bodyBytesMax) call.destroy();
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    call.on("timeout", () => call.destroy());
    call.on("close", () => resolve(null));
    call.on("error", () => resolve(null));
    call.end();
  });
}
