import type { ModelRequest } from "../../../spec/request.ts";
import { isGiven } from "../read-count.ts";
import {
  booleanField,
  hasItems,
  integerField,
  numberField,
  requireMessages,
  requireModel,
  requireObject,
} from "../request-fields.ts";

/**
 * Reads the fields of a message request that we act on; everything else passes unchecked. A `container` holds files
 * and state of earlier turns at the vendor, so two equal bodies may deserve different answers.
 * @throws FarthingError `invalid_request` naming the field
 */
export function readRequest(document: unknown, bodyBytes: number): ModelRequest {
  const body = requireObject(document);
  const model = requireModel(body);
  requireMessages(body);
  const hasTools = hasItems(body, "tools");
  const hasServers = hasItems(body, "mcp_servers");
  return {
    dialect: "anthropic-messages",
    model,
    stream: booleanField(body, "stream"),
    // This dialect's streams always carry their usage.
    streamUsage: true,
    outputTokensMax: integerField(body, "max_tokens", 0, Number.MAX_SAFE_INTEGER),
    choices: 1,
    temperature: numberField(body, "temperature"),
    hasTools: hasTools || hasServers,
    stateful: isGiven(body["container"]),
    bodyBytes,
    rest: body,
  };
}
