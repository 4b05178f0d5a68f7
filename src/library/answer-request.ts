import type { CallerRequest, CallerResponse } from "../gateway/caller.ts";
import { LibraryRequest } from "./library-request.ts";
import { LibraryResponse } from "./library-response.ts";

/**
 * Answers a web Request with the gateway's own routes. Resolves when the head of the answer is known; its body may still come.
 * Rejects with the reason of the request's signal once that says so, and with what the request's body failed of. A caller that
 * ends its signal or cancels the body has left, in the gateway's meaning.
 */
export function answerRequest(
  routes: (request: CallerRequest, response: CallerResponse) => void,
  request: Request,
): Promise<Response> {
  const { signal } = request;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    if (request.bodyUsed || request.body?.locked === true) {
      throw new TypeError("The body of this Request was used already, or somebody is reading it.");
    }
    const outgoing = new LibraryResponse(request.method, { resolve, reject });
    const incoming = new LibraryRequest(request, (error) => outgoing.destroy(error));
    const leave = (): void => void outgoing.destroy(signal.reason);
    signal.addEventListener("abort", leave);
    outgoing.on("close", () => incoming.stop());
    routes(incoming, outgoing);
  });
}
