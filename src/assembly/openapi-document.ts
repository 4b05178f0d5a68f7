import { allDialects } from "../providers/dialects/all-dialects.ts";
import { carriedFields } from "../providers/translation/carried-fields.ts";
import { claimNames } from "../spec/caller.ts";
import { errors } from "../spec/errors.ts";
import type { DialectName } from "../spec/request.ts";
import { dialectNames } from "../spec/request.ts";
import { resourceRules } from "./resource-paths.ts";

type Document = Readonly<Record<string, unknown>>;

/**
 * The whole surface of the traffic and admin listeners as OpenAPI 3.1, made of the tables that the code itself goes by: the
 * dialects' paths and fields, the resource calls, the errors, the claims. Bodies are open: vendors add fields every week and all
 * of them pass.
 */
export function openapiDocument(version: string): Document {
  return {
    openapi: "3.1.0",
    info: {
      title: "Farthing",
      version,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      description:
        "A gateway that speaks its callers' dialects. Requests and answers of the vendors' own paths are the vendors'; listed are the fields that Farthing knows, all others pass.",
    },
    servers: [
      { url: "http://127.0.0.1:8787", description: "traffic" },
      { url: "http://127.0.0.1:8788", description: "admin" },
    ],
    security: [{ bearer: [] }, { "x-api-key": [] }, { "x-goog-api-key": [] }],
    paths: { ...dialectPaths(), ...resourcePaths(), ...ownPaths() },
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        "x-api-key": { type: "apiKey", in: "header", name: "x-api-key" },
        "x-goog-api-key": { type: "apiKey", in: "header", name: "x-goog-api-key" },
      },
      schemas: { ...requestSchemas(), Error: errorSchema() },
      headers: replyHeaders,
      parameters: claimParameters(),
      responses: { Refused: refused },
    },
  };
}

function dialectPaths(): Document {
  const paths: Record<string, unknown> = {};
  for (const name of dialectNames) {
    const { path } = allDialects[name];
    paths[path] = { post: callOperation(name, path) };
    if (name === "gemini") {
      const streamed = path.replace(":generateContent", ":streamGenerateContent");
      paths[streamed] = { post: callOperation(name, streamed) };
    }
  }
  return paths;
}

function callOperation(name: DialectName, path: string): Document {
  const streams = name !== "openai-embeddings";
  return {
    operationId: operationIdOf("post", path),
    tags: [name],
    summary: `A call of a model in the dialect ${name}`,
    parameters: [...pathParameters(path), ...claimReferences],
    requestBody: {
      required: true,
      content: { "application/json": { schema: { $ref: `#/components/schemas/${name}-request` } } },
    },
    responses: {
      "200": {
        description: "The vendor's answer, in the caller's dialect whoever gave it.",
        headers: headerReferences,
        content: {
          "application/json": { schema: { type: "object" } },
          ...(streams ? { "text/event-stream": { schema: { type: "string" } } } : {}),
        },
      },
      default: { $ref: "#/components/responses/Refused" },
    },
  };
}

function resourcePaths(): Document {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { dialect, name, billed, methods, paths: templates } of resourceRules) {
    for (const path of templates) {
      for (const method of methods.map((word) => word.toLowerCase())) {
        paths[path] = {
          ...paths[path],
          [method]: {
            operationId: operationIdOf(method, path),
            tags: [dialect],
            summary: `${name}: passes to the provider as it is${billed ? ", metered as far as it counts" : ", free of charge"}`,
            ...parametersOf(path),
            responses: {
              "200": { description: "The vendor's answer." },
              default: { $ref: "#/components/responses/Refused" },
            },
          },
        };
      }
    }
  }
  return paths;
}

/** Paths of our own. */
function ownPaths(): Document {
  const own: readonly (readonly [string, string, string])[] = [
    ["/v1/models", "get", "Models that this caller may ask for by name"],
    ["/v1/models/{id}", "get", "One of them"],
    ["/v1/farthing/requests/{id}", "get", "The ledger's record and the journal of a request, by any of its ids"],
    ["/v1/outcomes", "post", "Says what calls were good for, one outcome or a list; durable before the answer"],
    [
      "/v1/cache/invalidate",
      "post",
      "Forgets stored answers by document, tag, prompt, model, route or user, for the caller's own tenant",
    ],
    ["/v1/farthing/status", "get", "Ledger, config generation, calls in flight (admin)"],
    ["/metrics", "get", "Prometheus text (admin)"],
    ["/openapi.json", "get", "This document"],
    ["/healthz", "get", "200 while the process runs"],
    ["/readyz", "get", "200 while calls are taken, 503 while draining"],
    ["/", "head", "200"],
  ];
  return Object.fromEntries(
    own.map(([path, method, summary]) => [
      path,
      {
        [method]: {
          operationId: operationIdOf(method, path),
          tags: ["farthing"],
          summary,
          ...parametersOf(path),
          responses: {
            "200": { description: summary },
            default: { $ref: "#/components/responses/Refused" },
          },
        },
      },
    ]),
  );
}

/** Top-level fields of the dialects that are translated; the tables name every field of the vendors' schemas. */
function requestSchemas(): Document {
  const schemas: Record<string, unknown> = {};
  for (const name of dialectNames) {
    const fields = Object.keys(carriedFields[name]?.request ?? {});
    const topLevel = fields.filter((field) => /^[A-Za-z_]+$/.test(field));
    schemas[`${name}-request`] = {
      type: "object",
      additionalProperties: true,
      ...(topLevel.length === 0 ? {} : { properties: Object.fromEntries(topLevel.map((field) => [field, {}])) }),
    };
  }
  return schemas;
}

function errorSchema(): Document {
  return {
    type: "object",
    description: "In the caller's dialect; `code` (OpenAI) is one of these.",
    properties: { error: { type: "object", properties: { code: { enum: Object.keys(errors) } } } },
  };
}

const refused: Document = {
  description:
    "Our own refusal in the caller's dialect, or the provider's error, unmodified where nothing was translated.",
  content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
};

const headerTexts: Readonly<Record<string, string>> = {
  "x-farthing-request-id": "id of the request; its record is at /v1/farthing/requests/{id}",
  "x-farthing-cache": "what the caches did",
  "x-farthing-model": "the model that answered",
  "x-farthing-cost": "US dollars, exact; whole answers only",
  "x-farthing-saved": "US dollars against the model as asked, signed; whole answers only",
  "x-farthing-decision": "the journal in one line",
};

const replyHeaders: Document = Object.fromEntries(
  Object.entries(headerTexts).map(([name, description]) => [name, { description, schema: { type: "string" } }]),
);

const headerReferences: Document = Object.fromEntries(
  Object.keys(headerTexts).map((name) => [name, { $ref: `#/components/headers/${name}` }]),
);

const claimHeaders: readonly string[] = [...claimNames, "tags", "documents", "bypass", "stream-summary"].map(
  (name) => `x-farthing-${name}`,
);

function claimParameters(): Document {
  return Object.fromEntries(
    claimHeaders.map((name) => [name, { name, in: "header", required: false, schema: { type: "string" } }]),
  );
}

const claimReferences: readonly Document[] = claimHeaders.map((name) => ({ $ref: `#/components/parameters/${name}` }));

function parametersOf(path: string): Document {
  const parameters = pathParameters(path);
  return parameters.length === 0 ? {} : { parameters };
}

function pathParameters(path: string): readonly Document[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function operationIdOf(method: string, path: string): string {
  return `${method}${path.replace(/[^A-Za-z0-9]+/g, "_").replace(/_$/, "")}`;
}
