import type { KeyTerms } from "../assembly/access/local-keys.ts";
import { readDuration } from "../assembly/operation.ts";
import { type ClaimName, claimNames } from "../spec/caller.ts";
import { type KeyScope, keyScopes } from "../spec/config.ts";
import { CommandFailure, exitCodes } from "./exit-codes.ts";

/** Flags of `keys create`. */
export interface KeyTermFlags {
  readonly name?: string;
  readonly tenant: string;
  readonly org?: string;
  readonly project?: string;
  readonly scope?: string;
  readonly model?: readonly string[];
  readonly expires?: string;
  readonly pin?: readonly string[];
}

const labelPattern = /^[\w.:@/ -]{1,128}$/;
const tenantPattern = /^[\w.:-]{1,128}$/;

/** What the flags make of a key. @throws CommandFailure (usage) naming the flag. */
export function keyTermsOf(flags: KeyTermFlags, nowMs: number): KeyTerms {
  if (!tenantPattern.test(flags.tenant)) wrong("--tenant takes up to 128 letters, digits, dots, colons, dashes.");
  return {
    tenant: flags.tenant,
    pinnedClaims: Object.fromEntries((flags.pin ?? []).map(parsePin)),
    ...label("name", flags.name),
    ...label("org", flags.org),
    ...label("project", flags.project),
    ...(flags.scope === undefined ? {} : { scopes: parseScopes(flags.scope) }),
    ...(flags.model === undefined ? {} : { models: flags.model }),
    ...(flags.expires === undefined ? {} : { expiresAtMs: parseExpiry(flags.expires, nowMs) }),
  };
}

function label<Name extends "name" | "org" | "project">(
  name: Name,
  value: string | undefined,
): { [K in Name]?: string } {
  if (value === undefined) return {};
  if (!labelPattern.test(value)) wrong(`--${name} takes up to 128 letters, digits, spaces and . : @ / -`);
  return { [name]: value } as { [K in Name]?: string };
}

function parseScopes(text: string): readonly KeyScope[] {
  return text.split(",").map((word) => {
    const scope = keyScopes.find((candidate) => candidate === word.trim());
    return scope ?? wrong(`--scope takes ${keyScopes.join(", ")}, with commas between.`);
  });
}

function parseExpiry(text: string, nowMs: number): number {
  const durationMs = readDuration(text);
  if (durationMs !== null) return nowMs + durationMs;
  const atMs = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs)) wrong("--expires takes a duration (30d) or a date (2027-01-31, 2027-01-31T12:00:00Z).");
  if (atMs <= nowMs) wrong(`--expires ${text} is over already.`);
  return atMs;
}

function parsePin(text: string): [ClaimName, string] {
  const at = text.indexOf("=");
  const name = text.slice(0, Math.max(at, 0));
  const value = text.slice(at + 1);
  const claim = claimNames.find((candidate) => candidate === name);
  if (claim === undefined || value === "" || value.length > 128)
    return wrong(`--pin takes claim=value; claims are ${claimNames.join(", ")}.`);
  return [claim, value];
}

function wrong(message: string): never {
  throw new CommandFailure(exitCodes.usage, message);
}
