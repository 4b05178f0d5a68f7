import { isLoopback } from "../config/resolve-address.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import type { FarthingConfig } from "../spec/config.ts";

/** Whether callers may bring provider keys of their own. */
export function ownKeysAllowed(config: FarthingConfig): boolean {
  return config.allowOwnKeys ?? isLoopback(config.traffic.host);
}

/**
 * Refuses to listen where others can reach us while nobody could be told apart from anybody.
 * @throws FarthingError `config_invalid` for anything but loopback without a local key.
 */
export function checkListening(config: FarthingConfig, localKeyCount: number): void {
  if (localKeyCount > 0) return;
  const open = [config.traffic, config.admin].find(({ host }) => !isLoopback(host));
  if (open === undefined) return;
  throw new FarthingError(
    "config_invalid",
    `Listening on ${open.host} needs a local key, and there is none. Give a provider a key in farthing.yaml (the first start ` +
      `then makes a local key), or listen on 127.0.0.1.`,
  );
}
