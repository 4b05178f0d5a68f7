import { idText } from "../id-text.ts";
import type { CallSetting } from "../prepared-reply.ts";

/**
 * Response headers of the Gemini API: it sends neither limits nor an id of the call; the id is `responseId` in the body.
 * The log keeps one all the same.
 */
export function geminiHeaders(setting: CallSetting): { readonly requestId: string; readonly headers: string } {
  const headers = `vary: Origin\r
vary: X-Origin\r
vary: Referer\r
server: scaffolding on HTTPServer2\r
x-xss-protection: 0\r
x-frame-options: SAMEORIGIN\r
x-content-type-options: nosniff\r
server-timing: gfet4t7; dur=42\r
`;
  return { requestId: responseIdOf(setting), headers };
}

/** `responseId` of the answer to a call. */
export function responseIdOf(setting: CallSetting): string {
  return idText("Fk", 20, setting.seed, setting.number);
}
