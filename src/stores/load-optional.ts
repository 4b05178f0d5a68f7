import { FarthingError } from "../kit/farthing-error.ts";

/**
 * Loads a package that an installation may leave out, once something names it.
 *
 * @throws FarthingError `config_invalid` that says how to install it.
 */
export async function loadOptional<T>(store: string, name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const message = `cache.store ${store} needs the package ${name}, which is not installed. Run npm install ${name}, or name another store.`;
    throw new FarthingError("config_invalid", message, { cause });
  }
}
