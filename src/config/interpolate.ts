/** A text with its `${NAME}` parts replaced. */
export interface Interpolated {
  readonly text: string;
  /** Names that are neither set nor given a default. */
  readonly missing: readonly string[];
  /** Something was replaced, so the text may be a secret and must not be shown. */
  readonly replaced: boolean;
}

const reference = /\$(\$\{)|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/**
 * Replaces `${NAME}` and `${NAME:-default}` by the environment; `$${` stands for a plain `${`. As in a shell, `:-` also
 * takes the default where the variable is empty. What was put in is not looked at again.
 */
export function interpolate(text: string, env: Readonly<Record<string, string | undefined>>): Interpolated {
  if (!text.includes("${")) return { text, missing: [], replaced: false };
  const missing: string[] = [];
  let replaced = false;
  const result = text.replaceAll(reference, (_, escaped?: string, name?: string, fallback?: string) => {
    if (escaped !== undefined || name === undefined) return "${";
    replaced = true;
    const value = env[name];
    if (value !== undefined && (value !== "" || fallback === undefined)) return value;
    if (fallback === undefined) missing.push(name);
    return fallback ?? "";
  });
  return { text: result, missing, replaced };
}
