import type { Command } from "commander";
import type { StoredRequest } from "../../spec/ledger.ts";
import { addConfigFlags } from "../config-flags.ts";
import { CommandFailure, exitCodes } from "../exit-codes.ts";
import { type ConfigFlags, findRequestIn, loadForCommand } from "../../assembly/operation.ts";
import { describeRequest } from "../describe-request.ts";
import { cleanCell } from "../table.ts";
import type { Terminal } from "../terminal.ts";

/** `farthing request ID`: everything the ledger knows of one request. */
export function addRequestCommand(program: Command, terminal: Terminal): void {
  addConfigFlags(program.command("request"))
    .description("show one request: cost, savings, attempts and why it went that way")
    .argument("<id>", "our id (fr_...), or the provider's request or response id")
    .option("--json", "the whole record as JSON on stdout")
    .action(async (id: string, flags: ConfigFlags & { readonly json?: boolean }) => {
      const { dataDirectory } = loadForCommand(flags, terminal.env).config;
      const record: StoredRequest | null = await findRequestIn(dataDirectory, id);
      if (record === null) {
        throw new CommandFailure(exitCodes.failure, `The ledger in ${dataDirectory} has no request ${cleanCell(id)}.`);
      }
      if (flags.json === true) terminal.out(JSON.stringify({ schema: "farthing.request.v1", ...record }));
      else for (const line of describeRequest(record, terminal)) terminal.out(line);
    });
}
