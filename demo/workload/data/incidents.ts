/** Entries of an incident's timeline; slots are drawn anew for each. */
export const incidentEntries: readonly string[] = [
  "{{time}} UTC - {{host}} reports {{percent}} percent of calls answered with {{status}}. The on-call engineer, {{person}}, acknowledges after {{minutes}} seconds.",
  "{{time}} UTC - First customer report: {{firm}} cannot open {{product}} from {{city}}. Support opens {{ticket}} and links {{count}} further ones over the next quarter of an hour.",
  "{{time}} UTC - Connections from {{host}} to {{otherHost}} reach the limit of {{seats}}. New ones wait up to {{minutes}} seconds and are then refused.",
  "{{time}} UTC - {{colleague}} rolls {{host}} back to version {{version}}. The error rate stays where it was, so the release is ruled out as the cause.",
  "{{time}} UTC - Disk on {{otherHost}} is {{percent}} percent full; a log that is normally rotated every {{hours}} hours was not, because the rotation job had been moved with its host.",
  "{{time}} UTC - Traffic of {{bigCount}} calls a minute is shifted to {{otherCity}}. Latency at the 99th percentile goes from {{minutes}} to {{count}} hundred milliseconds there, which is within the agreed bounds.",
  "{{time}} UTC - {{manager}} declares the incident a level two and opens the bridge. {{seats}} workspaces of the {{plan}} plan are affected at this point.",
  "{{time}} UTC - A query on the table of invoices is found that reads {{bigCount}} rows where it should read {{count}}; the statistics were last gathered in {{month}}.",
  "{{time}} UTC - The index is rebuilt on a replica first, which takes {{minutes}} minutes. Reads from {{city}} go there, writes are queued.",
  "{{time}} UTC - The status page says that {{product}} is degraded. It had shown a green light for {{minutes}} minutes, since its probe asks for a page that does not touch the database.",
  "{{time}} UTC - {{integration}} retries without a pause and sends {{bigCount}} calls in one minute, {{percent}} percent of all traffic. Its key is limited to {{count}} a second.",
  "{{time}} UTC - The queue in front of {{host}} holds {{bigCount}} jobs, the oldest {{minutes}} minutes old. Nothing is lost, as jobs are acknowledged after they are done.",
  "{{time}} UTC - {{person}} doubles the workers to {{seats}}. The queue shrinks by {{bigCount}} jobs in {{minutes}} minutes, then stalls, as {{otherHost}} becomes the next bottleneck.",
  "{{time}} UTC - A certificate on {{otherHost}} turns out to expire in {{hours}} hours. It has nothing to do with the incident and is renewed on the way.",
  "{{time}} UTC - Error rate back under {{smallPercent}} percent. The team agrees to wait {{minutes}} minutes before calling it over.",
  "{{time}} UTC - Second peak: the jobs that waited all call {{otherProduct}} at once. A limit of {{count}} at a time is put in front of it by hand.",
  "{{time}} UTC - Finance confirms that {{count}} payments over {{largeAmount}} in all were held back and none was made twice; they leave with the run of {{day}}.",
  "{{time}} UTC - {{firm}} asks for a written account by {{day}}. {{manager}} promises it and names {{colleague}} as the contact.",
  "{{time}} UTC - The failover to {{otherCity}} is considered and rejected, because the copy there is {{minutes}} seconds behind and the cause is not known yet.",
  "{{time}} UTC - All green for {{minutes}} minutes. The incident is closed, {{hours}} hours after it began; the limit on {{integration}} stays until {{otherDay}}.",
  "{{time}} UTC - Comparing the counters of {{host}} and {{otherHost}} shows that {{count}} of {{bigCount}} events were delivered twice. Receivers drop repeats by their id, which three of them confirm.",
  "{{time}} UTC - The alarm that should have fired needs {{minutes}} minutes of errors above {{percent}} percent; the errors came in bursts of {{count}} seconds and never reached it.",
];

/** What follows from an incident. */
export const incidentActions: readonly string[] = [
  "Alarm on the worst minute and not on the mean; {{colleague}}, until {{day}}.",
  "Let the probe of the status page touch the database of {{product}}; {{person}}, until {{otherDay}}.",
  "Limit every key to {{count}} calls a second by default, {{integration}} included; {{manager}} tells customers {{days}} days ahead.",
  "Gather statistics of large tables every {{hours}} hours and alarm when a plan changes; {{colleague}}.",
  "Practise the failover to {{otherCity}} once in {{moreDays}} days, the first time on {{day}}.",
  "Credit {{percent}} percent of the monthly fee to the {{seats}} workspaces that were affected for more than {{minutes}} minutes.",
  "Document how {{host}} is moved, log rotation included; {{person}}, until {{day}}.",
  "Write to {{firm}} and {{otherFirm}} with the full account; {{manager}}, within {{hours}} hours.",
];
