import type { LogLine } from "../assembly/alarms.ts";

/** JSON lines on stderr, each with its time. */
export const logToStderr: LogLine = (line) => {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`);
};
