/** What a command may do with the outside: data on stdout, talk on stderr, never mixed. */
export interface Terminal {
  /** One line of data to stdout. */
  out(line: string): void;
  /** One line for a person to stderr. */
  talk(line: string): void;
  /** Paints a text for stdout or stderr, where that one shows colours. */
  paint(stream: "out" | "talk", colour: Colour, text: string): string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Colours by meaning. */
export type Colour = "bold" | "dim" | "red" | "green" | "yellow";

const codes: Readonly<Record<Colour, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 };

/** A stream as far as a terminal needs it; `process.stdout` is one. */
export interface TextStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * A terminal over two streams. Colours only where a person looks (a TTY that is not dumb), never with NO_COLOR set to
 * anything but empty (no-color.org); FORCE_COLOR brings them back, for pipes into a pager.
 */
export function createTerminal(
  stdout: TextStream,
  stderr: TextStream,
  env: Readonly<Record<string, string | undefined>>,
): Terminal {
  const isPlain = (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  const isForced = (env["FORCE_COLOR"] ?? "0") !== "0";
  const shows = {
    out: !isPlain && (isForced || stdout.isTTY === true),
    talk: !isPlain && (isForced || stderr.isTTY === true),
  };
  return {
    out: (line) => void stdout.write(`${line}\n`),
    talk: (line) => void stderr.write(`${line}\n`),
    paint: (stream, colour, text) => (shows[stream] ? `\u001B[${codes[colour]}m${text}\u001B[0m` : text),
    env,
  };
}
