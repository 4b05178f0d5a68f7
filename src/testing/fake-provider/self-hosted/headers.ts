import { idText } from "../id-text.ts";
import type { CallSetting } from "../prepared-reply.ts";

/** vLLM sends no limits; an id of the call only with `--enable-request-id-headers`, which is taken as given here. */
export function serverHeaders(setting: CallSetting): { readonly requestId: string; readonly headers: string } {
  const requestId = idText("", 32, setting.seed, setting.number, true);
  return { requestId, headers: `server: uvicorn\r\nx-request-id: ${requestId}\r\n` };
}
