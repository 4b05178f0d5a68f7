import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ChainMark, hex, sealOf } from "./body-chain.ts";
import { type MasterKey, sameBytes } from "./body-keys.ts";
import { bodyHeadFile } from "./body-schema.ts";

/**
 * Writes the head into its file, in one step and synced; 0600.
 *
 * @param masters one line under the seal of each: two while one takes the other's place.
 */
export function writeHead(directory: string, masters: readonly MasterKey[], head: ChainMark): void {
  const file = join(directory, bodyHeadFile);
  const draft = `${file}.${process.pid}.new`;
  const lines = masters.map((master) => `${head.position} ${hex(head.line)} ${hex(sealOf(master, "file", head))}\n`);
  writeFileSync(draft, lines.join(""), { mode: 0o600, flush: true });
  renameSync(draft, file);
  // Windows opens no folders; there the file system keeps the order itself.
  if (process.platform === "win32") return;
  const folder = openSync(directory, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** The head in its file; a word on what is wrong with it where it is missing or not ours. */
export function readHead(directory: string, master: MasterKey): ChainMark | string {
  const file = join(directory, bodyHeadFile);
  if (!existsSync(file)) return `${bodyHeadFile} is missing`;
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  const marks = lines.map((line) => /^(\d{1,19}) ([0-9a-f]{64}) ([0-9a-f]{64})$/.exec(line));
  if (lines.length === 0 || lines.length > 2 || marks.includes(null)) return `${bodyHeadFile} is damaged`;
  for (const [, position = "", line = "", seal = ""] of marks.filter((mark) => mark !== null)) {
    const mark: ChainMark = { position: BigInt(position), line: Buffer.from(line, "hex") };
    if (sameBytes(Buffer.from(seal, "hex"), sealOf(master, "file", mark))) return mark;
  }
  return `${bodyHeadFile} was edited`;
}
