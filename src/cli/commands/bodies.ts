import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { deleteBodiesOf, readConfiguredBodies, rewrapConfiguredBodies } from "../../assembly/open-bodies.ts";
import { type ConfigFlags, loadForCommand } from "../../assembly/operation.ts";
import { parseRequestId, requestIdOf } from "../../kit/request-id.ts";
import type { ChainHead, ChainReport, ExportedBody } from "../../spec/body-store.ts";
import { addConfigFlags } from "../config-flags.ts";
import { CommandFailure, exitCodes } from "../exit-codes.ts";
import { formatCount } from "../format-figures.ts";
import type { Terminal } from "../terminal.ts";

interface VerifyFlags extends ConfigFlags {
  readonly json?: boolean;
  readonly head?: string;
}

interface ExportFlags extends ConfigFlags {
  readonly request?: string;
}

interface DeleteFlags extends ConfigFlags {
  readonly json?: boolean;
  readonly tenant: string;
  readonly ownKeyFile?: string;
}

interface RewrapFlags extends ConfigFlags {
  readonly json?: boolean;
  readonly oldKeyFile: string;
}

/** Lines written between two looks at whether the reader keeps up. */
const linesAtOnce = 20;

/** `farthing bodies`: full requests and replies of the routes that keep them. */
export function addBodiesCommands(program: Command, terminal: Terminal): void {
  const bodies = program.command("bodies").description("full requests and replies of the routes that keep them");
  addConfigFlags(bodies.command("verify"))
    .description("walk the whole chain and say whether anything was edited, left out or put in")
    .option("--head <position:digest>", "a head that an earlier run told: it must still be in the chain")
    .option("--json", "one JSON object on stdout")
    .action((flags: VerifyFlags) => verifyBodies(flags, terminal));
  addConfigFlags(bodies.command("export"))
    .description("write every request and reply as NDJSON, decrypted, in the order they came")
    .option("--request <id>", "of this request only")
    .action((flags: ExportFlags) => exportBodies(flags, terminal));
  addConfigFlags(bodies.command("delete-user"))
    .argument("<user>", "name of the end user, as requests gave it")
    .description("destroy the key of a user's bodies: nobody reads them again, and the chain stays whole")
    .option("--tenant <name>", "the tenant whose user it is", "default")
    .option("--own-key-file <file>", "instead: the provider key, in a file, of the caller whose user it is")
    .option("--json", "one JSON object on stdout")
    .action((user: string, flags: DeleteFlags) => deleteUser(user, flags, terminal));
  addConfigFlags(bodies.command("rewrap"))
    .description("put the config's bodies.key in place of the one before, while no gateway runs")
    .requiredOption("--old-key-file <file>", "file with the key that the bodies were kept under until now")
    .option("--json", "one JSON object on stdout")
    .action((flags: RewrapFlags) => rewrap(flags, terminal));
}

async function verifyBodies(flags: VerifyFlags, terminal: Terminal): Promise<void> {
  const { config } = loadForCommand(flags, terminal.env);
  const kept = flags.head === undefined ? undefined : headOf(flags.head);
  const report = await readConfiguredBodies(config).verify(kept);
  const { records, head, brokenAt } = report;
  if (flags.json === true) terminal.out(JSON.stringify(described(report)));
  else if (brokenAt === null) {
    terminal.talk(`The chain is whole: ${formatCount(Number(records))} records.`);
    if (head !== null) terminal.out(`${head.position}:${head.digest}`);
  }
  if (brokenAt === null) return;
  throw new CommandFailure(
    exitCodes.checkFailed,
    `The chain is broken at position ${brokenAt.position}: ${brokenAt.what}.`,
  );
}

function described({ records, head, brokenAt }: ChainReport): object {
  return {
    schema: "farthing.bodies.verify.v1",
    whole: brokenAt === null,
    records: Number(records),
    head: head === null ? null : { position: Number(head.position), digest: head.digest },
    brokenAt: brokenAt === null ? null : { position: Number(brokenAt.position), what: brokenAt.what },
  };
}

function headOf(text: string): ChainHead {
  const [, position, digest] = /^(\d{1,18}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (position === undefined || digest === undefined)
    throw new CommandFailure(exitCodes.usage, "--head is not position:digest, as farthing bodies verify prints it.");
  return { position: BigInt(position), digest };
}

async function exportBodies(flags: ExportFlags, terminal: Terminal): Promise<void> {
  const { config } = loadForCommand(flags, terminal.env);
  const id = flags.request === undefined ? null : parseRequestId(flags.request);
  if (flags.request !== undefined && id === null)
    throw new CommandFailure(exitCodes.usage, "--request is not the id of a request, such as fr_4k2j9x.");
  let count = 0;
  for await (const body of readConfiguredBodies(config).read(id === null ? {} : { id })) {
    terminal.out(JSON.stringify(lineOf(body)));
    count += 1;
    if (count % linesAtOnce === 0 && process.stdout.writableNeedDrain) await once(process.stdout, "drain");
  }
  terminal.talk(`${formatCount(count)} bodies.`);
}

/** Text where the bytes are UTF-8, else base64; both null where the user was deleted. */
function lineOf(exported: ExportedBody): object {
  const { position, id, part, route, called, atMs, status, complete, asked, answered, body } = exported;
  const text = body === null ? null : textOf(body);
  const base64 = body === null || text !== null ? null : Buffer.from(body).toString("base64");
  return {
    position: Number(position),
    requestId: requestIdOf(id),
    part,
    route,
    called,
    at: new Date(atMs).toISOString(),
    status,
    complete,
    asked,
    answered,
    deleted: body === null,
    text,
    base64,
  };
}

function textOf(body: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return null;
  }
}

async function deleteUser(user: string, flags: DeleteFlags, terminal: Terminal): Promise<void> {
  const { config } = loadForCommand(flags, terminal.env);
  const { tenant, ownKeyFile } = flags;
  const whose = ownKeyFile === undefined ? { tenant } : { ownKey: secretIn(ownKeyFile) };
  const records = await deleteBodiesOf(config, { ...whose, user });
  if (flags.json === true) terminal.out(JSON.stringify({ schema: "farthing.bodies.delete-user.v1", records }));
  else if (records > 0) terminal.talk(`${formatCount(records)} bodies can be read no more; the chain stays whole.`);
  else terminal.talk("No bodies of this user are kept. Is it the right tenant?");
}

function rewrap(flags: RewrapFlags, terminal: Terminal): void {
  const { config } = loadForCommand(flags, terminal.env);
  const keys = rewrapConfiguredBodies(config, secretIn(flags.oldKeyFile));
  if (flags.json === true) terminal.out(JSON.stringify({ schema: "farthing.bodies.rewrap.v1", keys }));
  else
    terminal.talk(`${formatCount(keys)} keys are encrypted with the config's key now. Keep the old one for backups.`);
}

function secretIn(file: string): string {
  try {
    return readFileSync(file, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(exitCodes.failure, `The key cannot be read: ${reason}`);
  }
}
