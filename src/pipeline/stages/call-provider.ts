import { FarthingError } from "../../kit/farthing-error.ts";
import { headerOf } from "../../kit/header-list.ts";
import type { Context } from "../../spec/context.ts";
import type { Reply } from "../../spec/reply.ts";
import type { DialectName, RequestEdit } from "../../spec/request.ts";
import type { Stage } from "../../spec/stage.ts";
import type { TranslatedRequest } from "../../spec/translated-request.ts";
import type { ProviderCall } from "../../spec/transport.ts";
import { Exchange } from "../exchange.ts";
import { journalFailure } from "../journal-call.ts";
import { type Wire, wireOf } from "../wire.ts";

/** The innermost stage: sends the request to the first target. Asks nobody further in. */
export function createCallProvider(): Stage {
  return { name: "call-provider", kind: "duty", wrap: () => callProvider };
}

function callProvider(context: Context): Promise<Reply> {
  try {
    if (context.signal.aborted) throw callerLeft();
    const wire = wireOf(context);
    const message = messageOf(context, wire);
    return message instanceof Promise ? callLater(context, wire, message) : callNow(context, wire, message);
  } catch (error) {
    journalFailure(context, error);
    return Promise.reject(error);
  }
}

function callNow(context: Context, wire: Wire, message: Message): Promise<Reply> {
  const exchange = new Exchange(context, wire, context.edit.addStreamUsage === true, message.remark);
  return exchange.run(providerCallOf(context, wire, message));
}

/** The body is made elsewhere; meanwhile the caller may leave. */
async function callLater(context: Context, wire: Wire, making: Promise<Message>): Promise<Reply> {
  try {
    const message = await making;
    if (context.signal.aborted) throw callerLeft();
    return await callNow(context, wire, message);
  } catch (error) {
    // What the call itself ended with stands in the journal already.
    if (context.journal.entries.at(-1)?.stage !== "call-provider") journalFailure(context, error);
    throw error;
  }
}

function callerLeft(): FarthingError {
  return new FarthingError("client_closed", "The caller left before the call was sent.");
}

function providerCallOf(context: Context, { dialect }: Wire, message: Message): ProviderCall {
  const { endpoint, model } = context.targets[0];
  const { resource, stream } = context.request;
  const path = resource?.path ?? endpoint.paths?.[dialect.name] ?? dialect.callPath({ model, stream });
  return {
    endpoint,
    ...(resource === undefined ? {} : { method: resource.method }),
    path: `${endpoint.basePath}${path}${message.query}`,
    headers: headersOf(context, message.headers),
    body: message.body,
    timeouts: context.route.timeouts,
  };
}

/** What is sent, but for the address and the key. */
interface Message {
  readonly body: Uint8Array;
  readonly query: string;
  readonly headers: readonly string[];
  /** For the journal; null: the caller's dialect, nothing to tell. */
  readonly remark: string | null;
}

function messageOf(context: Context, { dialect, translation }: Wire): Message | Promise<Message> {
  const { request, query, headers } = context;
  const { large } = request;
  if (translation === null) {
    const body = bodyOf(context);
    if (!(body instanceof Promise)) return { body, query, headers, remark: null };
    return body.then((bytes) => ({ body: bytes, query, headers, remark: null }));
  }
  const { endpoint, model } = context.targets[0];
  if (large === undefined) return translatedMessage(dialect.name, translation.request(request, model, endpoint));
  return large
    .translate(dialect.name, model, { quirks: endpoint.quirks })
    .then((translated) => translatedMessage(dialect.name, translated));
}

function translatedMessage(dialect: DialectName, translated: TranslatedRequest): Message {
  return {
    body: translated.body,
    query: translated.query,
    // The caller's own headers speak to another vendor: versions and switches of its API mean nothing here.
    headers: [...translated.headers, "accept-encoding", "identity"],
    remark: remarkOf(dialect, translated),
  };
}

const remarkCharactersMax = 200;

function remarkOf(dialect: string, { dropped, approximated }: TranslatedRequest): string {
  const lost = dropped.length === 0 ? "" : `, dropped ${dropped.join("; ")}`;
  const near = approximated.length === 0 ? "" : `, near ${approximated.join("; ")}`;
  return `as ${dialect}${lost}${near}`.slice(0, remarkCharactersMax);
}

/** The caller's own bytes, unless something was changed. */
function bodyOf(context: Context): Uint8Array | Promise<Uint8Array> {
  const { request, edit, targets, ports, rawBody } = context;
  const { model } = targets[0];
  if (request.resource !== undefined || (model === request.model && !isEdited(edit))) return rawBody;
  const wholeEdit: RequestEdit = model === request.model ? edit : { ...edit, model };
  if (request.large !== undefined) return request.large.encode(wholeEdit);
  return ports.dialects[request.dialect].encodeRequest(request, wholeEdit, rawBody);
}

function isEdited(edit: RequestEdit): boolean {
  return edit.model !== undefined || edit.addStreamUsage === true || edit.leaveOut !== undefined;
}

function headersOf(context: Context, sent: readonly string[]): readonly string[] {
  const { endpoint } = context.targets[0];
  const headers = [...sent];
  if (headerOf(headers, "content-type") === null && context.request.resource === undefined)
    headers.push("content-type", "application/json");
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
