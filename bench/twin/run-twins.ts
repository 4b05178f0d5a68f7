import { startFakeProvider } from "../../src/testing/fake-provider/start-fake-provider.ts";
import { pause, withScratch } from "../proofs/proof.ts";
import type { PlannedGroup } from "./plan.ts";
import { indexLog, joinSides, type LogIndex, readGroups, type TwinGroup } from "./read-sides.ts";
import { sendGroups } from "./send-groups.ts";
import { startTwinGateway } from "./start-gateway.ts";

/** Each model's answer is longer or shorter than another's to the same question by up to this share, by chance. */
export const lengthSpread = 0.3;

/** Both sides of a run. */
export interface Sides {
  readonly groups: readonly TwinGroup[];
  readonly direct: LogIndex;
  readonly through: LogIndex;
  readonly seconds: readonly [direct: number, through: number];
}

/**
 * Sends the groups to both sides, one side after the other, and reads what providers and ledger say.
 *
 * @param lengthBias share by which small models' answers are longer, unknown to the ledger.
 */
export async function runTwins(seed: number, groups: readonly PlannedGroup[], lengthBias: number): Promise<Sides> {
  return withScratch(async (directory) => {
    const options = { seed, lengthSpread, lengthBias } as const;
    const directProvider = await startFakeProvider(options);
    const throughProvider = await startFakeProvider(options);
    const startedAt = performance.now();
    await sendGroups(groups, { port: directProvider.port, keyOf: (group) => group.key });
    const directAt = performance.now();
    const gateway = await startTwinGateway(directory, throughProvider.origin);
    const keyOf = (group: PlannedGroup): string => (group.usesLocalKey ? gateway.localKey : group.key);
    await sendGroups(groups, { port: gateway.port, keyOf });
    const throughAt = performance.now();
    await pause(1_000);
    await gateway.stop();
    const direct = indexLog(await directProvider.settledLog(20_000));
    const through = indexLog(await throughProvider.settledLog(20_000));
    await directProvider.stop();
    await throughProvider.stop();
    const joined = joinSides(groups, direct, through, readGroups(directory));
    return {
      groups: joined,
      direct,
      through,
      seconds: [(directAt - startedAt) / 1_000, (throughAt - directAt) / 1_000],
    };
  });
}
