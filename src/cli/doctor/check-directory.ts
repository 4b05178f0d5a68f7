import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { servesLocalKeys } from "../../assembly/first-target.ts";
import { checkListening } from "../../assembly/listening-rules.ts";
import { readLocalKeys } from "../../assembly/access/local-keys.ts";
import type { FarthingConfig } from "../../spec/config.ts";
import { formatBytes } from "../format-figures.ts";
import { checkLedger } from "./check-ledger.ts";
import { bad, doubtful, type Finding, good } from "./finding.ts";

const lowDiskBytes = 1024 ** 3;
const noDiskBytes = 64 * 1024 ** 2;

/** Files that hold secrets or records; nobody else on the machine may read them. */
const privateFiles = ["scope-secret", "admin-token", "keys.json", "ledger.sqlite"];

/** The data directory, its modes and its disk, the off switch, the local keys. */
export function checkDirectory(config: FarthingConfig, nowMs: number): Finding[] {
  const directory = config.dataDirectory;
  if (!existsSync(directory)) return checkAbsent(directory, config);
  return [
    checkModes(directory),
    checkDisk(directory),
    checkLedger(config, freeBytesOf(directory), nowMs),
    ...checkOff(directory),
    checkKeys(config),
  ];
}

function checkAbsent(directory: string, config: FarthingConfig): Finding[] {
  let parent = dirname(directory);
  while (!existsSync(parent)) parent = dirname(parent);
  if (!isWritable(parent)) {
    return [
      bad("data", `${directory} does not exist and cannot be made in ${parent}`, "Name another with --data-dir."),
    ];
  }
  return [good("data", `${directory} will be made at the first start`), checkDisk(parent), checkKeys(config)];
}

function checkModes(directory: string): Finding {
  if (!isWritable(directory))
    return bad("data", `${directory} cannot be written`, "Give it to the user that runs Farthing.");
  const open = ["", ...privateFiles]
    .map((name) => join(directory, name))
    .filter((path) => existsSync(path) && process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0);
  if (open.length === 0) return good("data", `${directory}, for its owner only`);
  return doubtful("data", `others on this machine may read ${open.join(", ")}`, `Run: chmod go= ${open.join(" ")}`);
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function freeBytesOf(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

function checkDisk(path: string): Finding {
  const freeBytes = freeBytesOf(path);
  const text = `${formatBytes(freeBytes)} free`;
  if (freeBytes < noDiskBytes) return bad("disk", text, "Free some: without it ledger rows are lost.");
  if (freeBytes < lowDiskBytes) return doubtful("disk", text, "Free some, or lower ledger.retention.");
  return good("disk", text);
}

function checkOff(directory: string): Finding[] {
  if (!existsSync(join(directory, "off"))) return [];
  return [doubtful("off switch", "every optimisation is off (farthing off)", "Back with: farthing on")];
}

function checkKeys(config: FarthingConfig): Finding {
  try {
    const count = readLocalKeys(join(config.dataDirectory, "keys.json")).length;
    const held = config.endpoints.filter((endpoint) => endpoint.serverKey !== null).map((endpoint) => endpoint.id);
    const served = config.endpoints.filter(servesLocalKeys);
    // The first start makes a local key where a provider serves local keys, so there will be one.
    checkListening(config, Math.max(count, served.length));
    return good(
      "keys",
      `${count} local keys; provider keys held for ${held.join(", ") || "none, callers bring their own"}`,
    );
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return bad("keys", text, "Make a key with: farthing keys create");
  }
}
