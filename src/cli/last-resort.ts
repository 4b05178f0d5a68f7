import { FarthingError } from "../kit/farthing-error.ts";

/** Lines in one minute; a defect that repeats must not fill the log. */
const linesPerMinuteMax = 60;
const messageCharactersMax = 300;

/** As much of `process` as the last resort listens to. */
export interface LastResortSource {
  on(event: string, listener: (error: unknown) => void): unknown;
  off(event: string, listener: (error: unknown) => void): unknown;
  readonly stderr: { on(event: "error", listener: () => void): unknown };
}

/**
 * Keeps a running gateway running: what nobody caught becomes one JSON line, so that one defect does not cut every open
 * request. Returns a function that takes the handlers away again.
 */
export function installLastResort(
  source: LastResortSource,
  log: (line: string) => void,
  nowMs: () => number,
): () => void {
  let minute = 0;
  let lines = 0;
  const tell = (event: string, error: unknown): void => {
    const atMs = nowMs();
    if (Math.floor(atMs / 60_000) !== minute) {
      minute = Math.floor(atMs / 60_000);
      lines = 0;
    }
    if (++lines > linesPerMinuteMax) return;
    log(JSON.stringify({ time: new Date(atMs).toISOString(), level: "error", event, ...describeUncaught(error) }));
  };
  const onException = (error: unknown): void => tell("uncaught-exception", error);
  const onRejection = (error: unknown): void => tell("unhandled-rejection", error);
  source.on("uncaughtException", onException);
  source.on("unhandledRejection", onRejection);
  // Whoever read stderr has gone (EPIPE), or its disk is full: there is nobody to tell, and calls go on. Stays for good.
  source.stderr.on("error", () => undefined);
  return () => {
    source.off("uncaughtException", onException);
    source.off("unhandledRejection", onRejection);
  };
}

/**
 * Name, message and stack of a failure without text of a request: only our own errors promise to hold none, so of others
 * everything in quotes is left out, which is where the machine quotes what it was given.
 */
function describeUncaught(error: unknown): { name: string; message: string; stack: readonly string[] } {
  if (!(error instanceof Error))
    return { name: typeof error, message: "something that is no Error was thrown", stack: [] };
  const message = FarthingError.isInstance(error) ? error.message : error.message.replace(/(["'`])[^]*\1/, '"..."');
  const frames = (error.stack ?? "").split("\n").filter((line) => /^ {4}at /.test(line));
  return {
    name: error.name,
    message: message.slice(0, messageCharactersMax),
    stack: frames.map((line) => line.trim()),
  };
}
