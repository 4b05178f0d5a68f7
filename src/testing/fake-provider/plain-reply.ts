import { noTokens } from "./invoice.ts";
import type { CallSetting, PreparedReply, Refusal } from "./prepared-reply.ts";
import type { VendorFace } from "./vendor-face.ts";

/** A reply that is not an answer of a model: one text, no tokens, no price. */
export function plainReply(
  face: VendorFace,
  setting: CallSetting,
  status: number,
  text: string,
  contentType: string = face.jsonType,
  moreHeaders = "",
): PreparedReply {
  const { requestId, headers } = face.headers(setting, 0);
  return {
    status,
    headers: headers + moreHeaders,
    contentType,
    requestId,
    responseId: null,
    servedModel: null,
    price: null,
    prompt: noTokens,
    reasoningTokens: 0,
    outputTokens: 0,
    stream: false,
    pieces: [{ text, generated: 0, isContent: false, isUsage: false }],
    errorEvent: "",
    seed: setting.number,
  };
}

/** A refusal with the vendor's headers, and the id of the call where its body shows one. */
export function refused(face: VendorFace, setting: CallSetting, refusal: Refusal): PreparedReply {
  const { requestId } = face.headers(setting, 0);
  const { status, body, headers } = face.withRequestId(refusal, requestId);
  return plainReply(face, setting, status, body, face.jsonType, headers);
}
