/*
 * What the admin listener answers: the only file that the dashboard imports. Money travels as decimal strings of pico-dollars
 * (1e-12 USD), since a JSON number would round it; times are milliseconds since the epoch.
 */

/** Pico-dollars as decimal digits, `-12500000`. */
export type PicoText = string;

/** One group of requests: the same sums as a line of `farthing report --json`. */
export interface OverviewLine {
  readonly name: string;
  readonly requests: number;
  readonly costPicoUsd: PicoText;
  readonly savedPicoUsd: PicoText;
  /** Requests whose cost is unknown: the sums lack them. */
  readonly unpriced: number;
}

/** One span of the chart. */
export interface OverviewPoint {
  readonly startMs: number;
  readonly requests: number;
  readonly costPicoUsd: PicoText;
  readonly savedPicoUsd: PicoText;
}

/** `GET /v1/farthing/overview?last=24h&zone=UTC`: everything the first screen shows but the latest requests. */
export interface Overview {
  /** Start of the quarter of an hour that the window asked for begins in. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly zone: string;
  readonly requests: number;
  readonly costPicoUsd: PicoText;
  readonly baselinePicoUsd: PicoText;
  /** Signed, by technique, largest first; they sum to baseline minus compared cost. */
  readonly savedByTechnique: readonly { readonly technique: string; readonly picoUsd: PicoText }[];
  readonly savedPicoUsd: PicoText;
  readonly unpriced: number;
  readonly estimated: number;
  readonly cacheHits: number;
  readonly cacheLookups: number;
  readonly errors: number;
  readonly points: readonly OverviewPoint[];
  /**
   * Length of a point, milliseconds; days may be an hour longer or shorter. A point without requests is left out, and the first and
   * last may reach beyond the window, of which alone they hold the sums.
   */
  readonly pointMs: number;
  /** Dearest first, at most 10 each. */
  readonly byFeature: readonly OverviewLine[];
  readonly byModel: readonly OverviewLine[];
  readonly byUser: readonly OverviewLine[];
  /** Users are summed by day: where the window has many rows their lines begin at this moment, the start of its first day. */
  readonly byUserFromMs: number;
  /** Last seven days. */
  readonly savedThisWeekPicoUsd: PicoText;
  /** Requests served before their row was on disk, lost and refused rows: the sums lack the last two. */
  readonly rowsSpooled: number;
  readonly rowsDropped: number;
  readonly rowsParked: number;
}

/** What the page reads of `GET /v1/farthing/status`: where clients connect. */
export interface GatewayAddress {
  readonly traffic: { readonly host: string; readonly port: number };
}

/** One line of `GET /v1/farthing/requests?limit=50`: newest first. */
export interface LatestRequest {
  readonly requestId: string;
  readonly arrivedAtMs: number;
  readonly durationUs: number;
  readonly feature: string | null;
  readonly requestedModel: string;
  /** The model that answered; null when none did. */
  readonly model: string | null;
  readonly status: number;
  readonly outcome: string;
  readonly cache: string;
  readonly costState: string;
  readonly costPicoUsd: PicoText | null;
  readonly savedPicoUsd: PicoText | null;
  readonly stream: boolean;
}
