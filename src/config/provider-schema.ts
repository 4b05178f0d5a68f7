import * as z from "zod";
import { dialectNames, type DialectName } from "../spec/request.ts";
import type { ProviderDocument } from "./config-document.ts";
import { choice, dialects, flag, section, text, wording } from "./field-types.ts";

const headerPattern = /^[a-z0-9-]{1,64}$/;
const pathPattern = /^\/[^\s?#]{0,255}[^\s?#/]$/;

const header = () =>
  text()
    .toLowerCase()
    .regex(headerPattern, wording("is not a header name", "Use lower-case letters, digits and dashes."));

const path = (dialect: DialectName) =>
  text()
    .regex(pathPattern, wording("is not a path", "Write it from the slash on, such as /chat/completions."))
    .optional()
    .describe(`Path of ${dialect} under the address, where it is another than the dialect's own.`);

// Gemini's path holds the model, so no fixed path can stand for it.
const paths = Object.fromEntries(
  dialectNames.filter((dialect) => dialect !== "gemini").map((dialect) => [dialect, path(dialect)]),
);

const quirks = {
  acceptsStreamUsage: flag()
    .optional()
    .describe("false for servers that reject stream_options, or report usage in every stream unasked."),
  outputLimitField: choice(["max_tokens", "max_completion_tokens"])
    .optional()
    .describe("Name of openai-chat's output limit there."),
  cachedTokensOutside: flag().optional().describe("true: prompt_tokens leaves out what was read from the cache."),
  reasoningTokensOutside: flag().optional().describe("true: completion_tokens leaves out the thinking."),
  jsonSchema: choice(["strict", "hint", "none"])
    .optional()
    .describe("How far response_format json_schema is kept; none: translated requests with one are refused."),
  systemRole: choice(["system", "developer"]).optional().describe("Role of instructions in openai-chat."),
  takesReasoning: flag().optional().describe("Thinking may go back in an assistant's message of openai-chat."),
  takesSystemTurns: flag().optional().describe("Instructions may stand in several messages, also between turns."),
};

/** One provider of the file. */
export const provider: z.ZodType<ProviderDocument, unknown> = section({
  vendor: text()
    .optional()
    .describe("Vendor whose address, headers and prices apply; default: the provider's own name."),
  baseUrl: text().optional().describe("Address of the API; a /v1 at its end is understood."),
  allowHttp: flag().optional().describe("Accept http:// to another machine; keys then travel unencrypted."),
  key: z
    .string({ error: wording("must be text", "Write key: ${NAME_OF_VARIABLE} or key: file:/path.") })
    .optional()
    .describe(
      "Provider key held by the gateway, as ${VARIABLE} or file:/path; absent or empty: callers bring their own.",
    ),
  keyless: flag()
    .optional()
    .describe(
      "true: the server takes no key, so local keys are served without one; default: as its vendor's row says.",
    ),
  dialects: dialects().optional().describe("Wire formats it answers, its own first; default: those of its vendor."),
  region: text()
    .regex(/^[a-z0-9-]{1,40}$/, wording("is not a region", "Write it as the price book does, such as eu or us."))
    .optional()
    .describe("Region that this address serves from, where replies do not tell and prices differ: eu, us."),
  keyHeader: header().optional().describe("Header that carries the key."),
  keyPrefix: z.string().max(32).optional().describe("What stands before the key in that header."),
  requestIdHeader: header().optional().describe("Response header with the provider's own request id."),
  paths: section(paths).optional(),
  quirks: section(quirks).optional(),
  acceptsStreamUsage: flag().optional().describe("Older spelling of quirks.acceptsStreamUsage."),
});
