/** A stream that progress is written to; `process.stderr` is one. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Shows how far a piece of work is. */
export interface Progress {
  update(done: number): void;
  /** Ends the line. */
  finish(): void;
}

const barWidth = 40;
/** On a terminal at most so many redraws of the bar over its whole length. */
const redrawsMax = 200;

/** A bar on a terminal, a plain line at each quarter otherwise. */
export function createProgress(stream: ProgressStream, label: string, total: number): Progress {
  const startedAt = performance.now();
  const step = Math.max(1, Math.floor(total / redrawsMax));
  let quarter = 0;
  const seconds = (): string => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  return {
    update(done) {
      if (stream.isTTY === true) {
        if (done % step !== 0 && done !== total) return;
        const filled = Math.floor((barWidth * done) / total);
        const bar = "#".repeat(filled) + ".".repeat(barWidth - filled);
        stream.write(`\r${label} [${bar}] ${done}/${total}  ${seconds()} `);
        return;
      }
      const reached = Math.floor((4 * done) / total);
      if (reached > quarter) {
        quarter = reached;
        stream.write(`${label}: ${done} of ${total} (${seconds()})\n`);
      }
    },
    finish() {
      if (stream.isTTY === true) stream.write("\n");
    },
  };
}
