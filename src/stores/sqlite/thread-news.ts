import { FarthingError } from "../../kit/farthing-error.ts";

/** What every standing thread says of its own life: first `ready` or `refused`, last `closed`. */
export type ThreadNews =
  | { readonly kind: "ready" }
  | { readonly kind: "refused"; readonly code: "config_invalid" | "internal_error"; readonly message: string }
  | { readonly kind: "closed" };

/** Tells them from the messages of one thread's own. */
export function isThreadNews(message: unknown): message is ThreadNews {
  if (typeof message !== "object" || message === null || !("kind" in message)) return false;
  return message.kind === "ready" || message.kind === "refused" || message.kind === "closed";
}

/** Why a thread did not begin, to be said in its first message. */
export function refusalOf(error: unknown): ThreadNews {
  const code = FarthingError.isInstance(error) && error.code === "config_invalid" ? error.code : "internal_error";
  return { kind: "refused", code, message: textOf(error) };
}

/** The message of whatever was thrown. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
