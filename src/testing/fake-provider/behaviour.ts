/** How the fake provider misbehaves on one call. All absent: it does not. */
export interface Behaviour {
  /** Answer with this error status and nothing else. */
  readonly errorStatus?: number;
  /** Value of the `retry-after` header (whole or fractional seconds) of an error. */
  readonly retryAfter?: string;
  /** Value of the `retry-after-ms` header of an error. */
  readonly retryAfterMs?: string;
  /** The vendor's error code, where it is not the usual one of the status: `insufficient_quota`. */
  readonly errorCode?: string;
  /** Read the request and never answer. */
  readonly stallBeforeHeaders?: boolean;
  /** Send this many bytes of the response, head included, then nothing more. */
  readonly stallAfterBytes?: number;
  /** Send this many content events of a stream, then nothing more. */
  readonly stallAfter?: number;
  /** Send this many bytes, then reset the connection. */
  readonly resetAtByte?: number;
  /** Send this many bytes, then end cleanly: the body has no length, so the end of the connection ends it. */
  readonly endEarlyAtByte?: number;
  /** Send this many content events of a stream, then a vendor's error event. */
  readonly errorEventAfter?: number;
  /** Send this many content events of a stream, then end the HTTP body properly, without the terminal event. */
  readonly truncateAfter?: number;
  /** Wait longer for the first token. */
  readonly firstTokenDelayMs?: number;
  /** Leave the usage out. */
  readonly noUsage?: boolean;
  /** Report nonsense as usage. */
  readonly badUsage?: BadUsage;
  /** One byte every so many milliseconds. */
  readonly dripMs?: number;
  /** Send at most this many bytes at once, so that every event and every sign is cut somewhere. */
  readonly sliceBytes?: number;
  /** Make the answer at least this many MiB of text. */
  readonly hugeMiB?: number;
  /** A proxy's HTML page with status 502. */
  readonly htmlPage?: boolean;
  /** Redirect with this status to `/fake/redirect-target`. */
  readonly redirectStatus?: number;
  /** Answer, then close the connection without having said so. */
  readonly closeAfter?: boolean;
  /** Show the thinking of a chat as `reasoning_content` (DeepSeek's and vLLM's convention) when `reasoning_effort` asks for it. */
  readonly reasoningContent?: boolean;
}

/** Kinds of nonsense in a usage block. */
export type BadUsage = "negative" | "fraction" | "text" | "infinite" | "above-2-53";

const badUsages: readonly string[] = ["negative", "fraction", "text", "infinite", "above-2-53"];

/** The action's arguments, after its name. */
type Arguments = readonly string[];

function numberOf(argument: string | undefined, fallback?: number): number | null {
  if (argument === undefined) return fallback ?? null;
  return /^\d{1,9}$/.test(argument) ? Number(argument) : null;
}

function counted(field: keyof Behaviour, fallback?: number): (given: Arguments) => Behaviour | null {
  return (given) => {
    const value = numberOf(given[0], fallback);
    return value === null || given.length > 1 ? null : { [field]: value };
  };
}

function plain(behaviour: Behaviour): (given: Arguments) => Behaviour | null {
  return (given) => (given.length === 0 ? behaviour : null);
}

function readError(given: Arguments): Behaviour | null {
  const errorStatus = numberOf(given[0]);
  if (errorStatus === null || errorStatus < 400 || errorStatus > 599) return null;
  let behaviour: Behaviour = { errorStatus };
  for (const argument of given.slice(1)) {
    const [name = "", value] = argument.split("=");
    if (name === "retry-after" && value !== undefined) behaviour = { ...behaviour, retryAfter: value };
    else if (name === "retry-after-ms" && value !== undefined) behaviour = { ...behaviour, retryAfterMs: value };
    else if (/^[a-z_]+$/.test(argument)) behaviour = { ...behaviour, errorCode: argument };
    else return null;
  }
  return behaviour;
}

const actions: Readonly<Record<string, (given: Arguments) => Behaviour | null>> = {
  ok: plain({}),
  error: readError,
  "529": plain({ errorStatus: 529 }),
  "stall-before-headers": plain({ stallBeforeHeaders: true }),
  "stall-after-bytes": counted("stallAfterBytes"),
  "stall-after": counted("stallAfter"),
  "reset-at-byte": counted("resetAtByte"),
  "end-early-at-byte": counted("endEarlyAtByte"),
  "error-event-after": counted("errorEventAfter"),
  "truncate-after": counted("truncateAfter"),
  "slow-first-token": counted("firstTokenDelayMs"),
  "no-usage": plain({ noUsage: true }),
  "bad-usage": ([kind = "", ...more]) =>
    badUsages.includes(kind) && more.length === 0 ? { badUsage: kind as BadUsage } : null,
  drip: counted("dripMs", 5),
  slice: counted("sliceBytes", 7),
  huge: counted("hugeMiB", 65),
  "html-502": plain({ htmlPage: true }),
  redirect: counted("redirectStatus", 307),
  "close-after": plain({ closeAfter: true }),
};

/** Actions after which nothing is wrong, only the form of the answer is another. */
const forms: Readonly<Record<string, (given: Arguments) => Behaviour | null>> = {
  "reasoning-content": plain({ reasoningContent: true }),
};

/** Names of all ways to misbehave, for messages and the documentation's test. */
export const actionNames: readonly string[] = Object.keys(actions);

/** Names of the actions that change the form alone. */
export const formNames: readonly string[] = Object.keys(forms);

/**
 * Reads one step of a scenario: actions joined by `+`, each a name with arguments after colons:
 * `error:429:retry-after=1`, `slow-first-token:200+reset-at-byte:900`. Null when it is not one.
 */
export function readBehaviour(text: string): Behaviour | null {
  let behaviour: Behaviour = {};
  for (const part of text.split("+")) {
    const [name = "", ...given] = part.split(":");
    const known = Object.hasOwn(actions, name) ? actions : forms;
    const next = Object.hasOwn(known, name) ? known[name]?.(given) : null;
    if (next === null || next === undefined) return null;
    behaviour = { ...behaviour, ...next };
  }
  return behaviour;
}

/** One argument of an action in a key: what may stand between two colons. */
const argumentPattern = String.raw`retry-after(?:-ms)?=[0-9.]+|above-2-53|[0-9]+|[a-z_]+`;
const namePattern = [...actionNames, ...formNames].toSorted((left, right) => right.length - left.length).join("|");
const stepPattern = `(?:${namePattern})(?::(?:${argumentPattern}))*`;
const keyPattern = new RegExp(`^sk-(?:ant-)?fake-((?:${stepPattern})(?:[+,](?:${stepPattern}))*)(?:-|$)`);

/**
 * The scenario that an API key's own text asks for: `sk-fake-SCENARIO-anything` (or `sk-ant-fake-...`), steps joined by
 * commas. Null where the key names none. Steps are used in order, one a request of that key; the last one stays.
 */
export function scenarioOfKey(key: string): readonly Behaviour[] | null {
  const found = keyPattern.exec(key)?.[1];
  return found === undefined ? null : readScenario(found.split(","));
}

/** Reads the steps of a scenario; null when one of them is not known. */
export function readScenario(steps: readonly string[]): readonly Behaviour[] | null {
  const behaviours: Behaviour[] = [];
  for (const step of steps) {
    const behaviour = readBehaviour(step);
    if (behaviour === null) return null;
    behaviours.push(behaviour);
  }
  return behaviours.length === 0 ? null : behaviours;
}
