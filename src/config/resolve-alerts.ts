import type { AlertSettings } from "../spec/alert.ts";
import type { AlertDocument } from "./alert-schema.ts";
import type { ProblemList } from "./problem-list.ts";
import { readSecret } from "./read-secret.ts";
import { isLoopback } from "./resolve-address.ts";

/** A shorter one could be guessed from one message. */
const secretLengthMin = 16;

/** Checks the address of the webhook and reads its secret. What is wrong is listed, and the webhook left out. */
export function resolveAlerts(document: AlertDocument, configFile: string | null, list: ProblemList): AlertSettings {
  return {
    log: document.log,
    webhook: resolveWebhook(document.webhook, configFile, list),
    renotifyMs: document.renotify,
    dailySpendFloorPicoUsd: document.dailySpendFloorUsd,
    userDailyPicoUsd: document.userDailyUsd ?? null,
    off: document.off,
  };
}

function resolveWebhook(
  written: AlertDocument["webhook"],
  configFile: string | null,
  list: ProblemList,
): AlertSettings["webhook"] {
  if (written === undefined) return null;
  const wrong = whatIsWrongWith(written.url);
  if (wrong !== null) list.add(["alerts", "webhook", "url"], ...wrong);
  const read = readSecret(written.secret, configFile);
  const path = ["alerts", "webhook", "secret"];
  if (!read.ok) {
    list.add(path, read.message, read.fix);
    return null;
  }
  const secret = read.secret ?? "";
  if (secret.length < secretLengthMin) {
    const fix = `Give it at least ${secretLengthMin} characters; openssl rand -hex 32 makes one.`;
    list.add(path, secret === "" ? "is empty" : "is too short", fix);
    return null;
  }
  return wrong === null ? { url: written.url, secret } : null;
}

function whatIsWrongWith(address: string): readonly [message: string, fix: string] | null {
  const fix = "Write https://host/path, or http://127.0.0.1:port/path for a receiver on this machine.";
  if (!URL.canParse(address)) return ["is not an address", fix];
  const { protocol, hostname, username, password } = new URL(address);
  if (protocol !== "https:" && !(protocol === "http:" && isLoopback(hostname))) return ["is not https", fix];
  if (username !== "" || password !== "")
    return ["holds a user name or password", "Messages are signed; leave them out."];
  return null;
}
