import type { Context } from "../spec/context.ts";
import type { Route } from "../spec/route.ts";
import type { Handler, Stage } from "../spec/stage.ts";
import { OutputSizes } from "../policies/output-sizes.ts";
import { compose } from "./compose.ts";
import { createCallProvider } from "./stages/call-provider.ts";
import { createChooseTarget } from "./stages/choose-target.ts";
import { createCoalesce } from "./stages/coalesce.ts";
import { createEmbeddingCache } from "./stages/embedding-cache.ts";
import { createExactCache } from "./stages/exact-cache.ts";
import { createMeter } from "./stages/meter.ts";
import { createReserveBudget, type SpendingRules } from "./stages/reserve-budget.ts";
import { createRetry } from "./stages/retry.ts";
import { createSettle } from "./stages/settle.ts";
import { createStoreBody } from "./stages/store-body.ts";

/** One line of the order: how a stage is made, and which routes have it. */
interface OrderLine {
  readonly create: (spending: SpendingRules) => Stage;
  readonly isOn: (route: Route, spending: SpendingRules) => boolean;
}

const always = (): boolean => true;
const hasCache = (route: Route): boolean => route.exactCache.enabled && !route.compliance;
/** Embeddings are looked up input by input, everything else as a whole. */
const isByElement = ({ request }: Context): boolean => request.dialect === "openai-embeddings";
const isInOnePiece = (context: Context): boolean => !isByElement(context);
const noBudgets: SpendingRules = { budgets: [], outputs: new OutputSizes() };

/**
 * The way of a request, outermost first. Duties (settle, meter, call-provider; reserve-budget where there are budgets) are
 * always there. Optimisations are there
 * when their route switches them on, and none is when the caller bypasses: a bypassed request is one plain call to the
 * model as asked. That is why retry counts as an optimisation: it repeats and falls back, which a plain call does not;
 * the deadline is kept by call-provider all the same. Of a compliance route's optimisations only retry is there, whatever its
 * switches say: one that is added here later is off there too.
 */
const order: readonly OrderLine[] = [
  { create: createSettle, isOn: always },
  { create: () => createStoreBody(), isOn: (route) => route.storeBodies || route.compliance },
  { create: () => only(isByElement, createEmbeddingCache()), isOn: hasCache },
  { create: () => only(isInOnePiece, createExactCache()), isOn: hasCache },
  { create: () => createCoalesce(), isOn: (route) => route.coalesce.enabled && !route.compliance },
  { create: createChooseTarget, isOn: (route) => route.rules.length > 0 && !route.compliance },
  { create: createReserveBudget, isOn: (_route, { budgets }) => budgets.length > 0 },
  { create: createRetry, isOn: (route) => route.retry.enabled },
  { create: createMeter, isOn: always },
  { create: createCallProvider, isOn: always },
];

/** The stage for some requests; the others pass as if it were not there. */
function only(concerns: (context: Context) => boolean, stage: Stage): Stage {
  return {
    ...stage,
    wrap(next) {
      const handler = stage.wrap(next);
      return (context) => (concerns(context) ? handler : next)(context);
    },
  };
}

/** The stages of a route, outermost first; a stage that is off is not there at all. */
export function stagesOf(route: Route, bypass: boolean, spending: SpendingRules = noBudgets): readonly Stage[] {
  const stages = order.filter((line) => line.isOn(route, spending)).map((line) => line.create(spending));
  const may = ({ name, kind }: Stage): boolean =>
    kind === "duty" || (!bypass && (!route.compliance || name === "retry"));
  return stages.filter(may);
}

/**
 * The handler of a route. Build it once for each route and each value of `bypass`, and again when the config changes:
 * shared calls live inside it.
 */
export function buildPipeline(route: Route, bypass: boolean, spending: SpendingRules = noBudgets): Handler {
  return compose(stagesOf(route, bypass, spending));
}
