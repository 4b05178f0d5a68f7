import { formatShare } from "./format-figures.ts";
import type { Terminal, TextStream } from "./terminal.ts";

/** One line that says how far something is: drawn in place where a person looks, else written at every tenth. */
export interface ProgressLine {
  /** @param share from 0 to 1. */
  show(share: number, words: string): void;
  /** A line of its own that stays. */
  above(text: string): void;
  /** Nothing more comes. */
  end(): void;
}

const barWidth = 24;
const clearLine = "\r\u001B[2K";

/** A progress line on stderr, which is `stream`. */
export function createProgressLine(terminal: Pick<Terminal, "talk">, stream: TextStream): ProgressLine {
  const isDrawn = stream.isTTY === true;
  let tenth = 0;
  return {
    show: (share, words) => {
      const filled = Math.round(Math.min(1, Math.max(0, share)) * barWidth);
      const bar = "█".repeat(filled) + "░".repeat(barWidth - filled);
      if (isDrawn) stream.write(`${clearLine}${bar} ${formatShare(share)}  ${words}`);
      else if (Math.floor(share * 10) > tenth) {
        tenth = Math.floor(share * 10);
        terminal.talk(`${formatShare(share)}  ${words}`);
      }
    },
    above: (text) => {
      if (isDrawn) stream.write(clearLine);
      terminal.talk(text);
    },
    end: () => {
      if (isDrawn) stream.write(clearLine);
    },
  };
}
