import { existsSync } from "node:fs";

/** Looks once a second; a file system that tells of changes reliably everywhere does not exist. */
const pollMs = 1000;

/** Whether `farthing off` is in force. */
export interface OffSwitch {
  readonly isOff: boolean;
  close(): void;
}

/** Watches `file`: while it exists, every optimisation is off. `changed` hears of each change. */
export function watchOffSwitch(file: string, changed: (isOff: boolean) => void): OffSwitch {
  let isOff = existsSync(file);
  const timer = setInterval(() => {
    const now = existsSync(file);
    if (now === isOff) return;
    isOff = now;
    changed(now);
  }, pollMs);
  timer.unref();
  return {
    get isOff() {
      return isOff;
    },
    close: () => clearInterval(timer),
  };
}
