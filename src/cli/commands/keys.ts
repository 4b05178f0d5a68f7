import type { Command } from "commander";
import { openDataDirectory, writePrivateFile } from "../../assembly/data-directory.ts";
import { createKeyedDigests } from "../../assembly/keyed-digests.ts";
import { addLocalKey, readLocalKeys } from "../../assembly/local-keys.ts";
import { type ClaimName, claimNames } from "../../spec/caller.ts";
import { addConfigFlags } from "../config-flags.ts";
import { CommandFailure, exitCodes } from "../exit-codes.ts";
import { type ConfigFlags, loadForCommand } from "../../assembly/operation.ts";
import { cleanCell, renderTable } from "../table.ts";
import type { Terminal } from "../terminal.ts";

interface CreateFlags extends ConfigFlags {
  readonly tenant: string;
  readonly pin?: readonly string[];
  readonly json?: boolean;
}

/** `farthing keys create|list|revoke`: the keys that callers present to the gateway. */
export function addKeysCommand(program: Command, terminal: Terminal): void {
  const keys = program.command("keys").description("make, list and revoke the gateway's own keys");
  addConfigFlags(keys.command("create"))
    .description("make a key and print it: the only time it can be seen")
    .option("--tenant <name>", "keys of one tenant share cached answers", "default")
    .option("--pin <claim=value...>", "claims the key fixes, whatever callers say (feature=support)")
    .option("--json", "one JSON object on stdout")
    .action((flags: CreateFlags) => createKey(flags, terminal));
  addConfigFlags(keys.command("list"))
    .description("ids, tenants and pinned claims; never secrets")
    .option("--json", "one JSON object on stdout")
    .action((flags: ConfigFlags & { readonly json?: boolean }) => listKeys(flags, terminal));
  addConfigFlags(keys.command("revoke"))
    .description("end a key")
    .argument("<id>", "id as in `farthing keys list`")
    .action((id: string, flags: ConfigFlags) => revokeKey(id, flags, terminal));
}

function createKey(flags: CreateFlags, terminal: Terminal): void {
  const directory = openDirectory(flags, terminal);
  const pinnedClaims = Object.fromEntries((flags.pin ?? []).map(parsePin));
  if (!/^[\w.:-]{1,128}$/.test(flags.tenant)) {
    throw new CommandFailure(exitCodes.usage, "--tenant takes up to 128 letters, digits, dots, colons, dashes.");
  }
  const digests = createKeyedDigests(directory.secret);
  const made = addLocalKey(directory.keysFile, digests, { tenant: flags.tenant, pinnedClaims });
  if (flags.json === true)
    terminal.out(JSON.stringify({ schema: "farthing.key.v1", ...made, tenant: flags.tenant, pinnedClaims }));
  else terminal.out(made.key);
  terminal.talk("Keep it now: only its digest is stored. A running gateway takes it within two seconds.");
}

function listKeys(flags: ConfigFlags & { readonly json?: boolean }, terminal: Terminal): void {
  const keys = readLocalKeys(openDirectory(flags, terminal).keysFile);
  if (flags.json === true) {
    const told = keys.map(({ id, tenant, pinnedClaims }) => ({ id, tenant, pinnedClaims }));
    terminal.out(JSON.stringify({ schema: "farthing.keys.v1", keys: told }));
    return;
  }
  if (keys.length === 0) {
    terminal.talk("There are no keys yet. Make one with: farthing keys create");
    return;
  }
  const columns = ["id", "tenant", "pinned"].map((heading) => ({ heading, align: "left" as const }));
  const rows = keys.map((key) => {
    const pins = Object.entries(key.pinnedClaims).map(([claim, value]) => `${claim}=${value}`);
    return [`fk_${key.id}_…`, cleanCell(key.tenant), cleanCell(pins.join(" "))];
  });
  for (const line of renderTable(columns, rows)) terminal.out(line);
}

function revokeKey(text: string, flags: ConfigFlags, terminal: Terminal): void {
  const { keysFile } = openDirectory(flags, terminal);
  // People paste what `keys list` shows, or the key itself.
  const id = /^fk_([a-z0-9]+)_/.exec(text)?.[1] ?? text;
  const keys = readLocalKeys(keysFile);
  const rest = keys.filter((key) => key.id !== id);
  if (rest.length === keys.length) {
    throw new CommandFailure(exitCodes.failure, `There is no key ${cleanCell(id, 40)}. See: farthing keys list`);
  }
  writePrivateFile(keysFile, `${JSON.stringify({ version: 1, keys: rest }, null, 2)}\n`);
  terminal.talk(`Key ${id} is revoked. A running gateway follows within two seconds.`);
}

function parsePin(text: string): [ClaimName, string] {
  const at = text.indexOf("=");
  const name = text.slice(0, Math.max(at, 0));
  const value = text.slice(at + 1);
  const claim = claimNames.find((candidate) => candidate === name);
  if (claim === undefined || value === "" || value.length > 128) {
    throw new CommandFailure(exitCodes.usage, `--pin takes claim=value; claims are ${claimNames.join(", ")}.`);
  }
  return [claim, value];
}

function openDirectory(flags: ConfigFlags, terminal: Terminal): { readonly keysFile: string; readonly secret: string } {
  return openDataDirectory(loadForCommand(flags, terminal.env).config.dataDirectory);
}
