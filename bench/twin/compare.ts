import { isResidual } from "../../src/money/savings/residual.ts";
import type { TwinGroup } from "./read-sides.ts";

/** Some groups together: what the invoices say they saved, and what the ledger says. */
export interface Comparison {
  readonly name: string;
  readonly groups: number;
  readonly requests: number;
  readonly directPicoUsd: bigint;
  readonly throughPicoUsd: bigint;
  /** Baseline minus cost of the ledger's rows: what is left of the saving after the lookups' own cost. */
  readonly netPicoUsd: bigint;
  /** The lookups' own cost. */
  readonly lookupsPicoUsd: bigint;
  /** Invoices' difference minus the ledger's without the lookups. */
  readonly errorPicoUsd: bigint;
  /** Groups in which that is not 0. */
  readonly groupsOff: number;
  /** Error as a share of the ledger's net saving, and its 95 % interval: groups are independent, so they are the sample. */
  readonly errorShare: number;
  readonly interval: readonly [number, number];
}

/** Invoices' difference minus what the ledger says was saved on them: what the gateway spent on lookups is on no invoice. */
export function errorOf({ direct, through, ledger }: TwinGroup): bigint {
  return direct.picoUsd - through.picoUsd - (ledger.baselinePicoUsd - ledger.billedPicoUsd);
}

/** How the savings of a group came about: `none`, or its techniques with their methods. */
export function classOf({ ledger }: TwinGroup): string {
  const names = new Set(ledger.savings.map(({ technique, method }) => `${technique} ${method}`));
  return names.size === 0 ? "none" : [...names].toSorted().join(" + ");
}

/** True when no line of the group is modelled: then the invoices have to agree to the pico-dollar. */
export function isMeasured({ ledger }: TwinGroup): boolean {
  return ledger.savings.every(({ method }) => method === "measured");
}

/** Adds up groups under a name. */
export function compareGroups(name: string, groups: readonly TwinGroup[]): Comparison {
  const add = (amountOf: (group: TwinGroup) => bigint): bigint =>
    groups.reduce((sum, group) => sum + amountOf(group), 0n);
  const errors = groups.map(errorOf);
  const error = errors.reduce((sum, one) => sum + one, 0n);
  const net = add(({ ledger }) => ledger.baselinePicoUsd - ledger.costPicoUsd);
  const mean = Number(error) / Math.max(1, groups.length);
  const variance = errors.reduce((sum, one) => sum + (Number(one) - mean) ** 2, 0) / Math.max(1, groups.length - 1);
  const halfWidth = 1.96 * Math.sqrt(variance * groups.length);
  const share = (amount: number): number => (net === 0n ? 0 : amount / Math.abs(Number(net)));
  return {
    name,
    groups: groups.length,
    requests: groups.reduce((sum, { group }) => sum + group.requests.length, 0),
    directPicoUsd: add(({ direct }) => direct.picoUsd),
    throughPicoUsd: add(({ through }) => through.picoUsd),
    netPicoUsd: net,
    lookupsPicoUsd: add(({ ledger }) => ledger.costPicoUsd - ledger.billedPicoUsd),
    errorPicoUsd: error,
    groupsOff: errors.filter((one) => one !== 0n).length,
    errorShare: share(Number(error)),
    interval: [share(Number(error) - halfWidth), share(Number(error) + halfWidth)],
  };
}

/** Groups by what `nameOf` says, in the order of their names. */
export function compareBy(groups: readonly TwinGroup[], nameOf: (group: TwinGroup) => string): readonly Comparison[] {
  const names = [...new Set(groups.map(nameOf))].toSorted();
  return names.map((name) =>
    compareGroups(
      name,
      groups.filter((group) => nameOf(group) === name),
    ),
  );
}

/** The residual of all rows: named, but explained by no technique. */
export function residualOf(groups: readonly TwinGroup[]): bigint {
  let total = 0n;
  for (const { ledger } of groups) {
    for (const { technique, picoUsd } of ledger.savings) if (isResidual(technique)) total += picoUsd;
  }
  return total;
}
