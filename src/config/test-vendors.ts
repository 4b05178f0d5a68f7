import type { VendorRow } from "../spec/vendor.ts";

/** Two vendors for tests, so that they do not hang on the catalogue. */
export const testVendors: readonly VendorRow[] = [
  {
    id: "openai",
    name: "OpenAI",
    baseUrl: "https://api.openai.com",
    dialects: ["openai-chat"],
    keyHeader: "authorization",
    keyPrefix: "Bearer ",
    requestIdHeader: "x-request-id",
    acceptsStreamUsage: true,
    status: "documented",
  },
  {
    id: "anthropic",
    name: "Anthropic",
    baseUrl: "https://api.anthropic.com",
    dialects: ["anthropic-messages"],
    keyHeader: "x-api-key",
    keyPrefix: "",
    requestIdHeader: "request-id",
    acceptsStreamUsage: false,
    status: "documented",
  },
];
