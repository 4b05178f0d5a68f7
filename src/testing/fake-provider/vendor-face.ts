import * as anthropicErrors from "./anthropic/errors.ts";
import { anthropicHeaders } from "./anthropic/headers.ts";
import type { Behaviour } from "./behaviour.ts";
import * as geminiErrors from "./gemini/errors.ts";
import { geminiHeaders } from "./gemini/headers.ts";
import type { WireFormat } from "./identify-call.ts";
import * as openaiErrors from "./openai/errors.ts";
import { openaiHeaders } from "./openai/headers.ts";
import type { CallSetting, Refusal } from "./prepared-reply.ts";
import * as serverErrors from "./self-hosted/errors.ts";
import { serverHeaders } from "./self-hosted/headers.ts";

/** What a vendor's replies have in common, whatever was asked: headers, and how it refuses. */
export interface VendorFace {
  readonly jsonType: string;
  /** Whether calls without a key are refused. */
  readonly wantsKey: boolean;
  headers(setting: CallSetting, promptTokens: number): { readonly requestId: string; readonly headers: string };
  readonly missingKey: Refusal;
  readonly badJson: Refusal;
  unknownModel(model: string): Refusal;
  unknownPath(method: string, path: string): Refusal;
  /** The error that a scenario asks for, with the vendor's own kind of hint when to come back. */
  scenarioError(status: number, behaviour: Behaviour, model: string): Refusal;
  withRequestId(refusal: Refusal, requestId: string): Refusal;
}

/** Hints as header lines: whole or fractional seconds, and OpenAI's milliseconds. */
function waitHeaders({ retryAfter, retryAfterMs }: Behaviour): string {
  const wait = retryAfter === undefined ? "" : `retry-after: ${retryAfter}\r\n`;
  return wait + (retryAfterMs === undefined ? "" : `retry-after-ms: ${retryAfterMs}\r\n`);
}

function unchanged(refusal: Refusal): Refusal {
  return refusal;
}

const openai: VendorFace = {
  jsonType: "application/json",
  wantsKey: true,
  headers: openaiHeaders,
  missingKey: openaiErrors.missingKey,
  badJson: openaiErrors.badJson,
  unknownModel: openaiErrors.unknownModel,
  unknownPath: (method, path) => openaiErrors.openaiError(404, `Invalid URL (${method} ${path})`),
  scenarioError: (status, behaviour, model) => ({
    ...openaiErrors.scenarioError(status, behaviour, model),
    headers: waitHeaders(behaviour),
  }),
  withRequestId: unchanged,
};

const anthropic: VendorFace = {
  jsonType: "application/json",
  wantsKey: true,
  headers: anthropicHeaders,
  missingKey: anthropicErrors.missingKey,
  badJson: anthropicErrors.badJson,
  unknownModel: anthropicErrors.unknownModel,
  unknownPath: () => anthropicErrors.anthropicError(404, "Not Found"),
  scenarioError: (status, behaviour) => ({
    ...anthropicErrors.scenarioError(status, behaviour),
    headers: waitHeaders(behaviour),
  }),
  withRequestId: anthropicErrors.withRequestId,
};

const gemini: VendorFace = {
  jsonType: "application/json; charset=UTF-8",
  wantsKey: true,
  headers: geminiHeaders,
  missingKey: geminiErrors.missingKey,
  badJson: geminiErrors.badJson,
  unknownModel: geminiErrors.unknownModel,
  unknownPath: geminiErrors.unknownPath,
  // Google tells in the body when to come back, not in a header.
  scenarioError: geminiErrors.scenarioError,
  withRequestId: unchanged,
};

const selfHosted: VendorFace = {
  jsonType: "application/json",
  wantsKey: false,
  headers: serverHeaders,
  missingKey: serverErrors.missingKey,
  badJson: serverErrors.badJson,
  unknownModel: serverErrors.unknownModel,
  unknownPath: serverErrors.unknownPath,
  scenarioError: (status, behaviour) => ({
    ...serverErrors.scenarioError(status, behaviour),
    headers: waitHeaders(behaviour),
  }),
  withRequestId: unchanged,
};

const faces: Readonly<Record<WireFormat, VendorFace>> = { openai, anthropic, gemini };

/** The face of a wire format; of a server of one's own where the provider plays one. */
export function faceOf(format: WireFormat, setting: CallSetting): VendorFace {
  return setting.ownModel === null ? faces[format] : selfHosted;
}
