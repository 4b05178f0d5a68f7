/** Words that the levels' texts are put together from; written for this benchmark. */
export const topics = [
  "refunds",
  "delivery",
  "invoices",
  "password changes",
  "returns",
  "gift cards",
  "warranty",
  "subscriptions",
  "data export",
  "team seats",
  "tax numbers",
  "payment by bank transfer",
  "shipping abroad",
  "the mobile app",
  "two-factor sign-in",
  "deleting an account",
] as const;

/** How a question begins. */
export const openings = [
  "How do I arrange",
  "What does it cost to change",
  "Where do I find",
  "Who may see",
  "How long do you keep",
  "What happens to",
  "Can I transfer",
  "Which rules hold for",
  "How quickly do you settle",
  "What do I need for",
] as const;

/** Products of a shop. */
export const products = [
  "router",
  "thermostat",
  "printer",
  "doorbell",
  "speaker",
  "camera",
  "tablet",
  "vacuum",
  "watch",
  "scale",
  "lamp",
  "hub",
] as const;

/** What came before a fault. */
export const events = ["the update", "a restart", "a power cut", "moving house", "pairing it anew", "a reset"] as const;

/** What search and research are about. */
export const subjects = [
  "glaciers",
  "pension law",
  "solid-state batteries",
  "rail fares",
  "bee colonies",
  "rent control",
  "vaccines",
  "tariffs",
  "tidal power",
  "copyright",
  "inflation",
  "sleep",
  "cement",
  "migration",
  "wheat prices",
  "black holes",
] as const;

/** What one wants to know of a subject. */
export const aspects = [
  "history",
  "outlook",
  "cost",
  "risks",
  "critics",
  "figures",
  "law",
  "definition",
  "news",
  "forecast",
] as const;

/** Kinds of texts. */
export const forms = ["poem", "short story", "song", "toast", "monologue", "limerick", "letter", "fairy tale"] as const;

/** How a text is to sound. */
export const moods = ["tender", "dry", "funny", "solemn", "wistful", "angry", "plain", "breathless"] as const;

/** Names of people, as far as it matters here. */
export const people = ["Ada", "Bruno", "Chidi", "Dana", "Emre", "Farah", "Goran", "Hana", "Ines", "Jonas"] as const;
