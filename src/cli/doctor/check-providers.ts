import type { FarthingConfig } from "../../spec/config.ts";
import type { Endpoint } from "../../spec/target.ts";
import { bad, doubtful, type Finding, good } from "./finding.ts";
import { type ReachResult, reachOrigin } from "./reach-origin.ts";

const waitMsMax = 8000;

/** Findings about providers, and the time of day that one of them told. */
export interface ProviderFindings {
  readonly findings: readonly Finding[];
  readonly dateMs: number | null;
}

/**
 * Whether each provider answers. Without `withKeys` no credential leaves; with it the held keys are tried on the list of
 * models, which costs nothing.
 */
export async function checkProviders(config: FarthingConfig, withKeys: boolean): Promise<ProviderFindings> {
  const reached = await Promise.all(config.endpoints.map((endpoint) => checkOne(endpoint, config, withKeys)));
  return {
    findings: reached.map(({ finding }) => finding),
    dateMs: reached.flatMap(({ result }) => (result.ok && result.dateMs !== null ? [result.dateMs] : []))[0] ?? null,
  };
}

async function checkOne(
  endpoint: Endpoint,
  config: FarthingConfig,
  withKeys: boolean,
): Promise<{ readonly finding: Finding; readonly result: ReachResult }> {
  const key = withKeys ? endpoint.serverKey : null;
  const result = await reachOrigin({
    origin: endpoint.origin,
    path: key === null ? `${endpoint.basePath}/` : `${endpoint.basePath}${modelsPathOf(endpoint)}`,
    method: key === null ? "HEAD" : "GET",
    headers: key === null ? {} : { [endpoint.keyHeader]: endpoint.keyPrefix + key, "anthropic-version": "2023-06-01" },
    network: config.network,
    waitMsMax,
  });
  return { finding: judge(endpoint, result, key !== null), result };
}

/** The list of models stands beside the calls: `/v1/chat/completions`, `/v1/models`. Google's is under another version. */
function modelsPathOf({ paths, dialects }: Endpoint): string {
  const [own = "openai-chat"] = dialects;
  const moved = paths?.[own]?.replace(/\/(?:chat\/completions|messages|responses)$/, "/models");
  return moved ?? (own === "gemini" ? "/v1beta/models" : "/v1/models");
}

function judge(endpoint: Endpoint, result: ReachResult, triedKey: boolean): Finding {
  const name = `${endpoint.id} at ${endpoint.origin}`;
  if (!result.ok) {
    const fix = "Check the address, name lookup, proxy (HTTPS_PROXY) and authorities (NODE_EXTRA_CA_CERTS).";
    return bad("provider", `${name} cannot be reached: ${result.reason}`, fix);
  }
  if (!triedKey) return good("provider", `${name} answers in ${result.tookMs} ms (no key sent)`);
  if (result.status === 401 || result.status === 403) {
    return bad("provider", `${name} refuses the key held here (${result.status})`, "Put a valid key into the config.");
  }
  if (result.status >= 200 && result.status < 300) return good("provider", `${name} accepts the key held here`);
  return doubtful(
    "provider",
    `${name} answered ${result.status} to the key held here`,
    "Try again; the key is not proven.",
  );
}
