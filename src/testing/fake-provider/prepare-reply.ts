import { missingVersion } from "./anthropic/errors.ts";
import type { Behaviour } from "./behaviour.ts";
import type { IdentifiedCall } from "./identify-call.ts";
import { plainReply, refused } from "./plain-reply.ts";
import type { CallSetting, PreparedReply, Refusal } from "./prepared-reply.ts";
import type { ProviderMemory } from "./route-call.ts";
import { answerRoute } from "./routes.ts";
import { faceOf, type VendorFace } from "./vendor-face.ts";

/** What a content delivery network shows when the origin is down. */
const htmlPage =
  "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n";

/** What the vendor looks at before the path and the body: the key, the version header. */
function frontDoor(given: IdentifiedCall, face: VendorFace): Refusal | null {
  if (given.key === null && face.wantsKey) return face.missingKey;
  if (given.format === "anthropic" && !given.call.headers.has("anthropic-version")) return missingVersion;
  return null;
}

/** Decides the whole response to one call of the API. */
export function prepareReply(
  given: IdentifiedCall,
  setting: CallSetting,
  behaviour: Behaviour,
  memory: ProviderMemory,
): PreparedReply {
  const face = faceOf(given.format, setting);
  const wrong = frontDoor(given, face);
  if (wrong !== null) return refused(face, setting, wrong);
  if (behaviour.redirectStatus !== undefined) {
    const location = `location: http://${given.call.headers.get("host") ?? "127.0.0.1"}/fake/redirect-target\r\n`;
    return plainReply(face, setting, behaviour.redirectStatus, "", "text/plain", location);
  }
  if (behaviour.htmlPage === true) return plainReply(face, setting, 502, htmlPage, "text/html");
  if (behaviour.errorStatus !== undefined) {
    return refused(face, setting, face.scenarioError(behaviour.errorStatus, behaviour, given.model ?? ""));
  }
  const answer = answerRoute({ given, setting, behaviour, memory });
  if (typeof answer === "string") return plainReply(face, setting, 200, answer);
  return "body" in answer ? refused(face, setting, answer) : answer;
}
