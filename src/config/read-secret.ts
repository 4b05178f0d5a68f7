import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** A secret as found, or what is wrong with where it should be. */
export type SecretResult =
  | { readonly ok: true; readonly secret: string | null }
  | { readonly ok: false; readonly message: string; readonly fix: string };

/** Longest key any vendor issues is far below. */
const secretCharactersMax = 8192;

/**
 * Reads a key: `file:/path` from that file (relative to the config file's folder, one trailing newline allowed), else
 * the text itself. Empty means none. Control characters are refused: they would break out of the header.
 */
export function readSecret(text: string, configFile: string | null): SecretResult {
  let secret = text;
  if (text.startsWith("file:")) {
    const path = resolve(
      configFile === null ? "." : dirname(configFile),
      text.slice("file:".length).replace(/^\/\/(?=\/)/, ""),
    );
    try {
      secret = readFileSync(path, "utf8").replace(/\r?\n$/, "");
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
      return {
        ok: false,
        message: `the key file ${path} cannot be read (${code})`,
        fix: "Create it, or correct the path.",
      };
    }
    if (secret === "") return { ok: false, message: `the key file ${path} is empty`, fix: "Put the key into it." };
  }
  if (secret === "") return { ok: true, secret: null };
  if (secret.length > secretCharactersMax || !/^[\x21-\x7e]+$/.test(secret)) {
    const fix = "A key is one line of printable characters without spaces; check for a stray newline or quotes.";
    return { ok: false, message: "the key holds characters that no header can carry", fix };
  }
  if (secret.startsWith("fk_") || secret.startsWith("fa_")) {
    const fix = "Put the provider's own key here; Farthing's keys are for clients.";
    return { ok: false, message: "this is a key of Farthing, not of a provider", fix };
  }
  return { ok: true, secret };
}
