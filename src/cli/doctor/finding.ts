/** Result of one check. `warn` is worth a look; `fail` stops something from working. */
export interface Finding {
  readonly level: "ok" | "warn" | "fail";
  /** What was looked at, one or two words. */
  readonly check: string;
  readonly text: string;
  /** What to do; absent where nothing is to be done. */
  readonly fix?: string;
}

/** All is well. */
export function good(check: string, text: string): Finding {
  return { level: "ok", check, text };
}

/** Worth a look. */
export function doubtful(check: string, text: string, fix: string): Finding {
  return { level: "warn", check, text, fix };
}

/** Something does not work. */
export function bad(check: string, text: string, fix: string): Finding {
  return { level: "fail", check, text, fix };
}
