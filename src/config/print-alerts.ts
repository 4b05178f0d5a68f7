import type { AlertSettings } from "../spec/alert.ts";
import type { JsonObject } from "../spec/json.ts";
import { formatDuration } from "./parse-duration.ts";
import { printUsd } from "./parse-usd.ts";

/** The section `alerts:` with every default filled in. Of the webhook's address only the host shows: receivers put keys into paths. */
export function describeAlerts(alerts: AlertSettings): JsonObject {
  const { log, webhook, renotifyMs, dailySpendFloorPicoUsd, userDailyPicoUsd, off } = alerts;
  return {
    log,
    ...(webhook === null ? {} : { webhook: { url: `${new URL(webhook.url).origin}/***`, secret: "***" } }),
    renotify: formatDuration(renotifyMs),
    dailySpendFloorUsd: printUsd(dailySpendFloorPicoUsd),
    ...(userDailyPicoUsd === null ? {} : { userDailyUsd: printUsd(userDailyPicoUsd) }),
    off: [...off],
  };
}
