import type { BudgetCase } from "./budget-case.ts";
import type { ProviderTurn } from "./attempt-case.ts";

/** 100 tokens in and 10 out. */
const answer: ProviderTurn = {
  reply: {
    id: "chatcmpl-1",
    object: "chat.completion",
    model: "plain",
    choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "4" } }],
    usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
  },
};
const overloaded: ProviderTurn = { status: 503, reply: { error: { message: "overloaded", type: "server_error" } } };
/** Ten tokens of answer, and then nothing more. */
const unfinished: ProviderTurn = {
  events: [
    {
      id: "chatcmpl-1",
      object: "chat.completion.chunk",
      model: "plain",
      choices: [{ index: 0, delta: { content: "y".repeat(40) }, finish_reason: null }],
    },
  ],
  ending: "silence",
};
/**
 * What one request reserves: its prompt is estimated at 100 tokens, half as much again and 64 for what vendors put around it
 * make 214, and 10 tokens of output are all that it allows.
 */
const reservation = "214*3/1e6 + 10*15/1e6";
const noon = "2026-11-21T12:00:00Z";

/** What budgets let through. */
export const budgetCases: readonly BudgetCase[] = [
  {
    name: "many-requests-at-once-against-room-for-three",
    references: [
      "BerriAI/litellm#34732",
      "BerriAI/litellm#40095",
      "QuantumNous/new-api#6609",
      "wasp-lang/open-saas#727",
    ],
    elsewhere:
      "Spend was checked, then spent, then recorded: requests at the same moment all saw the same room and all went.",
    here: "Room is taken before anything is sent, in one step: as many go as there is room for, and the others are refused.",
    budgets: [{ name: "all", limit: "3*214*3/1e6 + 3*10*15/1e6" }],
    steps: [{ at: noon, send: 16, turn: answer, served: 3, refused: { budget_exceeded: 13 } }],
    spent: { all: "3*100*3/1e6 + 3*10*15/1e6" },
  },
  {
    name: "two-processes-share-one-cap",
    references: ["maximhq/bifrost#3547"],
    elsewhere: "Every replica kept its own counter: N replicas spent N caps.",
    here: "Processes lease room from one store; what one has taken the other cannot take.",
    budgets: [{ name: "all", limit: "3*214*3/1e6 + 3*10*15/1e6" }],
    processes: 2,
    steps: [{ at: noon, send: 16, turn: answer, served: 3, refused: { budget_exceeded: 13 } }],
    spent: { all: "3*100*3/1e6 + 3*10*15/1e6" },
  },
  {
    name: "an-aborted-request-gives-its-room-back",
    references: ["BerriAI/litellm#30522", "BerriAI/litellm#40050", "BerriAI/litellm#27639"],
    elsewhere:
      "A request cancelled on its way left its reservation behind: $111.29 were enforced where $55.74 were spent.",
    here: "Whatever ends a request settles its reservation to what was used; nothing stays held.",
    budgets: [{ name: "all", limit: "0.0032" }],
    steps: [
      // With five reservations of $0.000792 left behind there would be no room for the fifth.
      { at: noon, send: 5, how: "then", stream: true, leaves: true, turn: unfinished, served: 5 },
    ],
    spent: { all: "5*100*3/1e6 + 5*10*15/1e6" },
  },
  {
    name: "a-failed-request-gives-its-room-back",
    references: ["BerriAI/litellm#39851", "BerriAI/litellm#38111"],
    elsewhere: "Refused sessions kept their reservation: two of them pinned a key at its budget with nothing spent.",
    here: "What bought nothing is released; room for one request is room for one after another.",
    budgets: [{ name: "all", limit: reservation }],
    steps: [
      { at: noon, send: 8, how: "then", turn: overloaded, served: 8 },
      { at: "2026-11-21T13:00:00Z", send: 1, turn: answer, served: 1 },
    ],
    spent: { all: "100*3/1e6 + 10*15/1e6" },
  },
  {
    name: "a-reservation-is-not-clipped-to-what-is-left",
    references: ["BerriAI/litellm#40002", "BerriAI/litellm#26845"],
    elsewhere:
      "A reservation larger than the room was cut down to it and the request let through: $0.60 spent on a cap of $0.45.",
    here: "A hard budget admits the worst case or nothing.",
    budgets: [{ name: "all", limit: "107*3/1e6 + 5*15/1e6" }],
    steps: [{ at: noon, send: 3, turn: answer, served: 0, refused: { budget_exceeded: 3 } }],
    spent: {},
  },
  {
    name: "the-dear-table-is-what-is-reserved",
    references: ["BerriAI/litellm#40002"],
    elsewhere: "Reservations were reckoned at the short-context price, which long prompts do not pay.",
    here: "The table that the request can reach is the one that is reserved: 214 tokens are above 200, twice the price.",
    budgets: [{ name: "all", limit: "214*6/1e6 + 10*30/1e6 - 1/1e12" }],
    steps: [
      { at: noon, send: 1, model: "tiered", turn: answer, served: 0, refused: { budget_exceeded: 1 } },
      { at: noon, send: 1, model: "plain", turn: answer, served: 1 },
    ],
    spent: { all: "100*3/1e6 + 10*15/1e6" },
  },
  {
    name: "spend-is-seen-by-the-next-request",
    references: ["langwatch/langwatch#6141"],
    elsewhere: "The budget looked at a sum that was made later elsewhere; it never fired in time.",
    here: "What a request used is in the balance before its last byte leaves.",
    budgets: [{ name: "all", limit: `${reservation} + 0.0001` }],
    steps: [{ at: noon, send: 2, how: "then", turn: answer, served: 1, refused: { budget_exceeded: 1 } }],
    spent: { all: "100*3/1e6 + 10*15/1e6" },
  },
  {
    name: "a-new-day-begins-with-all-its-room",
    references: ["langwatch/langwatch#7917"],
    elsewhere: "Spend of a period that was over stayed cached and went on blocking.",
    here: "A window ends at its own midnight, in its own zone, to the millisecond.",
    budgets: [{ name: "daily", limit: reservation, zone: "Asia/Kolkata" }],
    steps: [
      { at: "2026-11-21T12:00:00Z", send: 1, turn: answer, served: 1 },
      { at: "2026-11-21T18:29:50Z", send: 1, turn: answer, served: 0, refused: { budget_exceeded: 1 } },
      { at: "2026-11-21T18:30:00Z", send: 1, turn: answer, served: 1 },
    ],
    spent: { daily: "2*100*3/1e6 + 2*10*15/1e6" },
  },
  {
    name: "free-models-are-not-blocked",
    references: ["BerriAI/litellm#10973", "BerriAI/litellm#38515", "OpenHands/OpenHands#16996"],
    elsewhere: "Once a budget was used up, models that cost nothing were refused too.",
    here: "A request that can cost nothing needs no room: it passes a budget that is used up, or is 0.",
    budgets: [{ name: "none", limit: "0" }],
    steps: [
      { at: noon, send: 2, model: "plain", turn: answer, served: 0, refused: { budget_exceeded: 2 } },
      { at: noon, send: 2, model: "free", turn: answer, served: 2 },
    ],
    spent: {},
  },
  {
    name: "bypassing-is-no-way-past-a-budget",
    references: ["maximhq/bifrost#2873"],
    elsewhere: "Requests on pass-through routes were not counted and not limited.",
    here: "The budget is a duty, not an optimisation: a bypassed request passes it like any other.",
    budgets: [{ name: "all", limit: reservation }],
    steps: [{ at: noon, send: 3, bypass: true, turn: answer, served: 1, refused: { budget_exceeded: 2 } }],
    spent: { all: "100*3/1e6 + 10*15/1e6" },
  },
  {
    name: "a-cap-on-tokens-counts-every-class",
    references: ["kunchenguid/gnhf#212"],
    elsewhere:
      "A cap on tokens left out what was read from and written to the cache: 224,757 counted, 41,123,582 billed.",
    here: "All classes count, and more than was reserved counts in full: the cap is reached with the first answer.",
    budgets: [{ name: "tokens", measure: "tokens", limit: "1000000" }],
    steps: [
      {
        at: noon,
        send: 2,
        how: "then",
        turn: {
          reply: {
            id: "chatcmpl-1",
            object: "chat.completion",
            model: "plain",
            choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "4" } }],
            usage: {
              prompt_tokens: 40_901_777,
              completion_tokens: 221_805,
              total_tokens: 41_123_582,
              prompt_tokens_details: { cached_tokens: 24_275_381, cache_write_tokens: 16_623_444 },
            },
          },
        },
        served: 1,
        refused: { budget_exceeded: 1 },
      },
    ],
    spent: { tokens: "41123582" },
  },
  {
    name: "no-price-under-a-hard-budget",
    references: ["BerriAI/litellm#35525", "BerriAI/litellm#21023"],
    elsewhere: "Models without a price cost nothing, so a budget let any amount of them through.",
    here: "A hard budget in USD refuses what it cannot count, with a code of its own and the fix.",
    budgets: [{ name: "all", limit: "100" }],
    steps: [{ at: noon, send: 2, model: "brand-new", turn: answer, served: 0, refused: { budget_unpriced: 2 } }],
    spent: {},
  },
  {
    name: "all-budgets-or-none",
    references: ["BerriAI/litellm#35569", "BerriAI/litellm#41218"],
    elsewhere:
      "When one of several counters refused, the others kept their part, or were given back what they never took.",
    here: "Room is taken in all accounts or in none: a team without room leaves its members' budgets as they were.",
    budgets: [
      { name: "key", subject: { key: "*" }, limit: "1" },
      { name: "team", subject: { team: "*" }, limit: reservation },
    ],
    steps: [
      {
        at: noon,
        send: 4,
        by: { team: "a", key: "k1" },
        turn: answer,
        served: 1,
        refused: { budget_exceeded: 3 },
      },
      { at: noon, send: 1, by: { team: "b", key: "k1" }, turn: answer, served: 1 },
    ],
    spent: {
      "key key:k1": "2*100*3/1e6 + 2*10*15/1e6",
      "team team:a": "100*3/1e6 + 10*15/1e6",
      "team team:b": "100*3/1e6 + 10*15/1e6",
    },
  },
  {
    name: "a-users-budget-in-one-project",
    references: ["BerriAI/litellm#28750"],
    elsewhere: "A user's budget could not be kept to one project: used up there, the user was blocked everywhere.",
    here: "A budget is about any names together; each pair of user and project has its own account.",
    budgets: [
      { name: "pair", subject: { user: "*", project: "p" }, limit: reservation },
      { name: "all", limit: "1" },
    ],
    steps: [
      {
        at: noon,
        send: 2,
        how: "then",
        by: { user: "u1", project: "p" },
        turn: answer,
        served: 1,
        refused: { budget_exceeded: 1 },
      },
      { at: noon, send: 2, how: "then", by: { user: "u1", project: "q" }, turn: answer, served: 2 },
      { at: noon, send: 1, by: { user: "u2", project: "p" }, turn: answer, served: 1 },
    ],
    spent: {
      "pair project:p,user:u1": "100*3/1e6 + 10*15/1e6",
      "pair project:p,user:u2": "100*3/1e6 + 10*15/1e6",
      all: "4*100*3/1e6 + 4*10*15/1e6",
    },
  },
  {
    name: "a-huge-output-limit-does-not-wall-off",
    references: ["Agenta-AI/agenta#6341"],
    elsewhere: "The whole of a 64,000-token limit was reserved, and users with money left were refused.",
    here: "A limit that nobody means is reserved at what the model is seen to write, or a stated default at first.",
    budgets: [{ name: "all", limit: "0.01", outputTokensDefault: 100 }],
    steps: [{ at: noon, send: 1, tokensMax: 64_000, turn: answer, served: 1 }],
    spent: { all: "100*3/1e6 + 10*15/1e6" },
  },
];
