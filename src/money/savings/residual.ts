import type { ResidualCause } from "../../spec/money.ts";

const prefix = "residual:";

/** The name under which a residual stands among the savings of a row. */
export function residualTechnique(cause: ResidualCause): string {
  return prefix + cause;
}

/** Whether a line of a row's savings is a residual: a part that no technique explains. */
export function isResidual(technique: string): boolean {
  return technique.startsWith(prefix);
}
