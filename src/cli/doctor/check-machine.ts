import type { FarthingConfig } from "../../spec/config.ts";
import { nodeMajorMin, nodeProblem } from "../node-version.ts";
import { hideUserOf } from "./hide-user.ts";
import { bad, doubtful, type Finding, good } from "./finding.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Node, the variables that clients read, the proxy. */
export function checkMachine(config: FarthingConfig, env: Env): Finding[] {
  return [checkNode(process.versions.node), ...checkClientVariables(config, env), checkProxy(config, env)];
}

function checkNode(version: string): Finding {
  if (nodeProblem(version) === null) return good("node", version);
  return bad("node", `${version} is too old`, `Install Node ${nodeMajorMin} or newer.`);
}

/** What clients on this machine would trip over. */
export function checkClientVariables(config: FarthingConfig, env: Env): Finding[] {
  const findings: Finding[] = [];
  if (env["ANTHROPIC_API_KEY"] && env["ANTHROPIC_AUTH_TOKEN"]) {
    findings.push(
      doubtful(
        "client env",
        "ANTHROPIC_API_KEY and ANTHROPIC_AUTH_TOKEN are both set; clients send one of them, and not all the same one",
        "Unset one of them.",
      ),
    );
  }
  if (/\/v1\/?$/.test(env["ANTHROPIC_BASE_URL"] ?? "")) {
    findings.push(
      doubtful(
        "client env",
        "ANTHROPIC_BASE_URL ends in /v1, and Anthropic's clients add it once more",
        `Set ANTHROPIC_BASE_URL=${clientUrl(config)}.`,
      ),
    );
  }
  if (env["OPENAI_BASE_URL"] && !/\/v1\/?$/.test(env["OPENAI_BASE_URL"])) {
    findings.push(
      doubtful(
        "client env",
        "OPENAI_BASE_URL does not end in /v1, which OpenAI's clients expect",
        `Set OPENAI_BASE_URL=${clientUrl(config)}/v1.`,
      ),
    );
  }
  return findings.length === 0 ? [good("client env", "no variables that clients would trip over")] : findings;
}

/** Where a client on this machine reaches the gateway. */
export function clientUrl(config: FarthingConfig): string {
  const { host, port } = config.traffic;
  const reachable = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}

function checkProxy(config: FarthingConfig, env: Env): Finding {
  const { httpsProxy, noProxy } = config.network;
  const except = noProxy.length === 0 ? "" : `, except ${noProxy.join(", ")}`;
  if (httpsProxy !== null) return good("proxy", `providers are reached through ${hideUserOf(httpsProxy)}${except}`);
  const others = ["ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"].filter((name) => env[name]);
  if (others.length > 0) {
    const text = `${others.join(" and ")} set, but HTTPS_PROXY is not: providers are reached directly`;
    return doubtful("proxy", text, "Set HTTPS_PROXY or network.httpsProxy if they need the proxy.");
  }
  return good("proxy", "none");
}

/** The wall clock against the last answer of a provider; prices and records go by it. */
export function checkClock(nowMs: number, providerDateMs: number | null): Finding {
  if (providerDateMs === null) {
    const year = new Date(nowMs).getUTCFullYear();
    if (year >= 2026 && year < 2100)
      return good("clock", `${new Date(nowMs).toISOString()}, not compared with anyone's`);
    return bad("clock", `it is ${new Date(nowMs).toISOString()}, says this machine`, "Set the clock; prices go by it.");
  }
  const skewS = Math.round((nowMs - providerDateMs) / 1000);
  if (Math.abs(skewS) <= 30) return good("clock", `within ${Math.max(1, Math.abs(skewS))} s of the providers'`);
  const text = `${Math.abs(skewS)} s ${skewS > 0 ? "ahead of" : "behind"} the providers'`;
  return doubtful("clock", text, "Let the machine keep its time by NTP; days and prices go by it.");
}
