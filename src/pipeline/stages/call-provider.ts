import { FarthingError } from "../../kit/farthing-error.ts";
import { headerOf } from "../../kit/header-list.ts";
import type { Context } from "../../spec/context.ts";
import type { Reply } from "../../spec/reply.ts";
import type { RequestEdit } from "../../spec/request.ts";
import type { Stage } from "../../spec/stage.ts";
import type { ProviderCall } from "../../spec/transport.ts";
import { Exchange } from "../exchange.ts";
import { journalFailure } from "../journal-call.ts";

/** The innermost stage: sends the request to the first target. Asks nobody further in. */
export function createCallProvider(): Stage {
  return { name: "call-provider", kind: "duty", wrap: () => callProvider };
}

function callProvider(context: Context): Promise<Reply> {
  try {
    if (context.signal.aborted) throw new FarthingError("client_closed", "The caller left before the call was sent.");
    return new Exchange(context, context.edit.addStreamUsage === true).run(providerCallOf(context));
  } catch (error) {
    journalFailure(context, error);
    return Promise.reject(error);
  }
}

function providerCallOf(context: Context): ProviderCall {
  const { targets, ports, request, route, query } = context;
  const { endpoint } = targets[0];
  const dialect = ports.dialects[request.dialect];
  return {
    endpoint,
    path: `${endpoint.basePath}${dialect.path}${query}`,
    headers: headersOf(context),
    body: bodyOf(context),
    timeouts: route.timeouts,
  };
}

/** The caller's own bytes, unless something was changed. */
function bodyOf(context: Context): Uint8Array {
  const { request, edit, targets, ports, rawBody } = context;
  const { model } = targets[0];
  if (model === request.model && !isEdited(edit)) return rawBody;
  const wholeEdit: RequestEdit = model === request.model ? edit : { ...edit, model };
  return ports.dialects[request.dialect].encodeRequest(request, wholeEdit, rawBody);
}

function isEdited(edit: RequestEdit): boolean {
  return edit.model !== undefined || edit.addStreamUsage === true;
}

function headersOf(context: Context): readonly string[] {
  const { endpoint } = context.targets[0];
  const headers = [...context.headers];
  if (headerOf(headers, "content-type") === null) headers.push("content-type", "application/json");
  const key = providerKeyOf(context);
  if (key !== null) headers.push(endpoint.keyHeader, endpoint.keyPrefix + key);
  return headers;
}

/** The key for the target's endpoint, null for one that needs none. A caller's own key leaves for the endpoint it belongs to and for no other. */
function providerKeyOf(context: Context): string | null {
  const { caller } = context;
  const { endpoint } = context.targets[0];
  if (caller.kind === "own-key") {
    if (caller.providerKey !== null && caller.endpointId === endpoint.id) return caller.providerKey;
    throw new FarthingError(
      "internal_error",
      "A caller's own key was about to leave for another provider. Please report this.",
    );
  }
  if (endpoint.serverKey !== null || endpoint.keyless === true) return endpoint.serverKey;
  const message = `Provider "${endpoint.id}" has no key for local callers. Give it a key in the config.`;
  throw new FarthingError("config_invalid", message);
}
