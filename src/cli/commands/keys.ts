import type { Command } from "commander";
import { logAdminChanges } from "../../assembly/access/admin-log.ts";
import { type DataDirectory, openDataDirectory } from "../../assembly/data-directory.ts";
import { createKeyedDigests } from "../../assembly/access/keyed-digests.ts";
import {
  addLocalKey,
  describeLocalKey,
  readLocalKeys,
  removeLocalKey,
  rotateLocalKey,
} from "../../assembly/access/local-keys.ts";
import type { LocalKey } from "../../spec/config.ts";
import { addConfigFlags } from "../config-flags.ts";
import { CommandFailure, exitCodes } from "../exit-codes.ts";
import { type KeyTermFlags, keyTermsOf } from "../key-terms.ts";
import { type ConfigFlags, loadForCommand, readDuration } from "../../assembly/operation.ts";
import { cleanCell, renderTable } from "../table.ts";
import type { Terminal } from "../terminal.ts";

interface JsonFlag {
  readonly json?: boolean;
}

type CreateFlags = ConfigFlags & KeyTermFlags & JsonFlag;
type RotateFlags = ConfigFlags & JsonFlag & { readonly grace: string };

/** `farthing keys create|list|rotate|revoke`: the keys that callers present to the gateway. */
export function addKeysCommand(program: Command, terminal: Terminal): void {
  const keys = program.command("keys").description("make, list, rotate and revoke the gateway's own keys");
  addConfigFlags(keys.command("create"))
    .description("make a key and print it: the only time it can be seen")
    .option("--name <name>", "for people, and for `farthing apply`")
    .option("--tenant <name>", "keys of one tenant share cached answers", "default")
    .option("--org <name>", "whom it belongs to, for budgets")
    .option("--project <name>", "whom it belongs to, for budgets")
    .option("--scope <scopes>", "what it may do: models,requests,outcomes,cache (default: models,requests)")
    .option("--model <pattern...>", 'models it may ask for, such as "gpt-4o*" (default: all)')
    .option("--expires <when>", "a duration (30d) or a date (2027-01-31) (default: never)")
    .option("--pin <claim=value...>", "claims the key fixes, whatever callers say (feature=support)")
    .option("--json", "one JSON object on stdout")
    .action((flags: CreateFlags) => createKey(flags, terminal));
  addConfigFlags(keys.command("list"))
    .description("everything about the keys but their secrets")
    .option("--json", "one JSON object on stdout")
    .action((flags: ConfigFlags & JsonFlag) => listKeys(flags, terminal));
  addConfigFlags(keys.command("rotate"))
    .description("give a key a new secret and print it; the old one stays good for a while")
    .argument("<id>", "id as in `farthing keys list`")
    .option("--grace <duration>", "how long the old secret stays good", "24h")
    .option("--json", "one JSON object on stdout")
    .action((id: string, flags: RotateFlags) => rotateKey(id, flags, terminal));
  addConfigFlags(keys.command("revoke"))
    .description("end a key")
    .argument("<id>", "id as in `farthing keys list`")
    .action((id: string, flags: ConfigFlags) => revokeKey(id, flags, terminal));
}

function createKey(flags: CreateFlags, terminal: Terminal): void {
  const nowMs = Date.now();
  const directory = openDirectory(flags, terminal);
  const terms = keyTermsOf(flags, nowMs);
  const { key, id, stored } = addLocalKey(directory.keysFile, createKeyedDigests(directory.secret), terms);
  const after = describeLocalKey(stored);
  logAdminChanges(directory.path, "keys", [{ what: "key.create", subject: id, before: null, after }], nowMs);
  if (flags.json === true) terminal.out(JSON.stringify({ schema: "farthing.key.v1", key, ...after }));
  else terminal.out(key);
  terminal.talk("Keep it now: only its digest is stored. A running gateway takes it within two seconds.");
}

function listKeys(flags: ConfigFlags & JsonFlag, terminal: Terminal): void {
  const keys = readLocalKeys(openDirectory(flags, terminal).keysFile);
  if (flags.json === true) {
    terminal.out(JSON.stringify({ schema: "farthing.keys.v1", keys: keys.map(describeLocalKey) }));
    return;
  }
  if (keys.length === 0) {
    terminal.talk("There are no keys yet. Make one with: farthing keys create");
    return;
  }
  const headings = ["id", "name", "tenant", "org", "project", "scopes", "models", "expires", "pinned"];
  const columns = headings.map((heading) => ({ heading, align: "left" as const }));
  const nowMs = Date.now();
  for (const line of renderTable(
    columns,
    keys.map((key) => cellsOf(key, nowMs)),
  ))
    terminal.out(line);
}

function cellsOf(key: LocalKey, nowMs: number): readonly string[] {
  const pins = Object.entries(key.pinnedClaims).map(([claim, value]) => `${claim}=${value}`);
  const texts = [
    key.name ?? "-",
    key.tenant,
    key.org ?? "-",
    key.project ?? "-",
    key.scopes?.join(",") ?? "models,requests",
    key.models?.join(" ") ?? "all",
    expiryOf(key, nowMs),
    pins.join(" "),
  ];
  return [`fk_${key.id}_…`, ...texts.map((text) => cleanCell(text))];
}

function expiryOf({ expiresAtMs, previous }: LocalKey, nowMs: number): string {
  const rotated = previous !== undefined && previous.untilMs > nowMs ? ` (old until ${minute(previous.untilMs)})` : "";
  if (expiresAtMs === undefined) return `never${rotated}`;
  return expiresAtMs > nowMs ? `${minute(expiresAtMs)}${rotated}` : "expired";
}

function minute(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16)}Z`;
}

function rotateKey(text: string, flags: RotateFlags, terminal: Terminal): void {
  const graceMs = readDuration(flags.grace);
  if (graceMs === null) throw new CommandFailure(exitCodes.usage, "--grace takes a duration, such as 24h, or 0s.");
  const nowMs = Date.now();
  const directory = openDirectory(flags, terminal);
  const id = idOf(text);
  const untilMs = nowMs + graceMs;
  const made = rotateLocalKey(directory.keysFile, createKeyedDigests(directory.secret), id, untilMs);
  if (made === null) throw unknownKey(id);
  const after = describeLocalKey(made.stored);
  logAdminChanges(directory.path, "keys", [{ what: "key.rotate", subject: id, before: null, after }], nowMs);
  if (flags.json === true) terminal.out(JSON.stringify({ schema: "farthing.key.v1", key: made.key, ...after }));
  else terminal.out(made.key);
  const old = graceMs === 0 ? "The old secret ends now." : `The old secret stays good until ${minute(untilMs)}.`;
  terminal.talk(`Keep it now: only its digest is stored. ${old} A running gateway follows within two seconds.`);
}

function revokeKey(text: string, flags: ConfigFlags, terminal: Terminal): void {
  const directory = openDirectory(flags, terminal);
  const id = idOf(text);
  const gone = removeLocalKey(directory.keysFile, id);
  if (gone === null) throw unknownKey(id);
  const change = { what: "key.revoke", subject: id, before: describeLocalKey(gone), after: null };
  logAdminChanges(directory.path, "keys", [change], Date.now());
  terminal.talk(`Key ${id} is revoked. A running gateway follows within two seconds.`);
}

/** People paste what `keys list` shows, or the key itself. */
function idOf(text: string): string {
  return /^fk_([a-z0-9]+)_/.exec(text)?.[1] ?? text;
}

function unknownKey(id: string): CommandFailure {
  return new CommandFailure(exitCodes.failure, `There is no key ${cleanCell(id, 40)}. See: farthing keys list`);
}

function openDirectory(flags: ConfigFlags, terminal: Terminal): DataDirectory {
  return openDataDirectory(loadForCommand(flags, terminal.env).config.dataDirectory);
}
