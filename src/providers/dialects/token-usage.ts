import { unknownUsage, type TokenClass, type Usage } from "../../spec/usage.ts";

/** What a usage block says beside its tokens. */
export interface UsageExtras {
  readonly serverToolCalls?: Readonly<Record<string, number>> | null;
  readonly serviceTier?: string | null;
  readonly region?: string | null;
  readonly units?: Usage["units"] | null;
}

/**
 * A usage counted by the provider, or the unknown one when any count is nonsense (NaN from `countOf`, a part larger
 * than its whole, or a sum beyond 2^53-1): half a truth would be priced as if it were one.
 */
export function providerUsage(tokens: Readonly<Partial<Record<TokenClass, number>>>, extras: UsageExtras): Usage {
  for (const count of Object.values(tokens)) {
    if (!Number.isSafeInteger(count) || count < 0) return unknownUsage;
  }
  return {
    source: "provider",
    tokens,
    ...(extras.serverToolCalls ? { serverToolCalls: extras.serverToolCalls } : {}),
    ...(extras.serviceTier ? { serviceTier: extras.serviceTier } : {}),
    ...(extras.region ? { region: extras.region } : {}),
    ...(extras.units ? { units: extras.units } : {}),
  };
}
