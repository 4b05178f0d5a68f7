import { openaiModels, type FakeModel } from "../invoice-prices.ts";
import type { CallSetting, Refusal } from "../prepared-reply.ts";
import * as serverErrors from "../self-hosted/errors.ts";
import { unknownModel } from "./errors.ts";

/**
 * The model that a caller names, or null where it is not served. A server of one's own has the one that it loaded, whatever
 * the endpoint, and no price: nobody sends an invoice for it.
 *
 * @param models those of the endpoint; default: chat and responses.
 */
export function findModel(
  name: string,
  setting: CallSetting,
  models: ReadonlyMap<string, FakeModel> = openaiModels,
): FakeModel | null {
  if (setting.ownModel === null) return models.get(name) ?? null;
  return name === setting.ownModel ? { snapshot: name, price: null } : null;
}

/** The refusal for a model that is not served. */
export function notServed(name: string, setting: CallSetting): Refusal {
  return setting.ownModel === null ? unknownModel(name) : serverErrors.unknownModel(name);
}
