import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { NetworkSettings } from "../spec/config.ts";
import type { ConfigDocument } from "./config-document.ts";
import type { ProblemList } from "./problem-list.ts";

/** How providers are reached: the file's word, else what every program understands (HTTPS_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS). */
export function resolveNetwork(
  document: ConfigDocument["network"],
  file: string | null,
  env: Readonly<Record<string, string | undefined>>,
  list: ProblemList,
): NetworkSettings {
  const noProxyText = env["NO_PROXY"] ?? env["no_proxy"] ?? "";
  const noProxy = (document.noProxy ?? noProxyText.split(",")).map(hostPattern).filter((host) => host !== "");
  const httpsProxy = resolveProxy(document, env, list);
  const extraCaFile = document.extraCaFile === undefined ? null : resolve(dirname(file ?? "."), document.extraCaFile);
  return {
    // A lone * means that every host is reached without the proxy.
    httpsProxy: noProxy.includes("*") ? null : httpsProxy,
    noProxy: noProxy.filter((host) => host !== "*"),
    extraCa: readAuthorities(extraCaFile, env, list),
    extraCaFile: extraCaFile ?? env["NODE_EXTRA_CA_CERTS"] ?? null,
    connectionsPerOrigin: document.connectionsPerOrigin,
  };
}

function resolveProxy(
  document: ConfigDocument["network"],
  env: Readonly<Record<string, string | undefined>>,
  list: ProblemList,
): string | null {
  const text = document.httpsProxy ?? env["HTTPS_PROXY"] ?? env["https_proxy"] ?? "";
  if (text === "") return null;
  if (URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol)) return text;
  const message = "is not the address of a proxy";
  const fix = "Write http://host:port.";
  if (document.httpsProxy === undefined) list.addOutside("environment", "HTTPS_PROXY", message, fix);
  else list.add(["network", "httpsProxy"], message, fix);
  return null;
}

/** `*.example.com` and `.example.com` are the same suffix. */
function hostPattern(text: string): string {
  const host = text.trim().toLowerCase();
  return host.startsWith("*.") ? host.slice(1) : host;
}

function readAuthorities(
  file: string | null,
  env: Readonly<Record<string, string | undefined>>,
  list: ProblemList,
): string | null {
  const path = file ?? env["NODE_EXTRA_CA_CERTS"];
  if (path === undefined || path === "") return null;
  let wrong = "holds no certificate";
  try {
    const pem = readFileSync(path, "utf8");
    if (pem.includes("-----BEGIN CERTIFICATE-----")) return pem;
  } catch (error) {
    wrong = `cannot be read (${(error as NodeJS.ErrnoException).code ?? "unreadable"})`;
  }
  // Node itself only warns about its variable, so a leftover in the environment must not stop us either.
  if (file === null) list.warn(`NODE_EXTRA_CA_CERTS: ${path} ${wrong}; it is ignored.`);
  else list.add(["network", "extraCaFile"], `${path} ${wrong}`, "Name a PEM file with at least one certificate.");
  return null;
}
