import type { Intent } from "./tickets.ts";

/** What the customer reviews that are screened before publication say. */
export const reviewIntents: readonly Intent[] = [
  {
    label: "publish.positive",
    phrasings: [
      "The {{goods}} has been in daily use in our kitchen in {{city}} since {{day}} and still looks new. It took {{days}} days to arrive, the packaging was plain cardboard and everything was in it. Worth the {{amount}}.",
      "Very happy with this {{goods}}. Delivery to {{city}} took {{days}} days, nothing was missing, no plastic in the box. I have used it every day since {{day}} and there is no wear. {{amount}} well spent.",
      "{{amount}} is not nothing, but for this {{goods}} it is fair. In use daily since {{day}}, not a scratch. Arrived complete in {{city}} after {{days}} days in a simple cardboard box.",
      "Bought the {{goods}} for {{amount}}, it reached {{city}} {{days}} days later, complete and sensibly packed in cardboard. Daily use from {{day}} until now has left no mark on it. Recommended.",
      "If you hesitate over {{amount}} for a {{goods}}: mine works every day since {{day}} and looks unused. {{days}} days to {{city}}, cardboard only, no part missing.",
    ],
  },
  {
    label: "publish.negative",
    phrasings: [
      "After {{days}} days the handle of the {{goods}} came loose. I wrote to the shop on {{day}} and was told to send photographs, which I did, and since then there is silence. For {{amount}} I expected better.",
      "The {{goods}} lasted {{days}} days, then its handle was loose. Photographs were requested when I complained on {{day}}; I sent them and have heard nothing. Poor for {{amount}}.",
      "Not worth {{amount}}. The handle of my {{goods}} gave up after {{days}} days, and my complaint of {{day}}, with the photographs they asked for, remains unanswered.",
      "Disappointed. I paid {{amount}} for the {{goods}}, its handle loosened within {{days}} days, and nobody replies any more since I mailed pictures following my complaint of {{day}}.",
      "Loose handle after {{days}} days. On {{day}} I complained about the {{goods}}, the shop wanted photographs, got them, and went quiet. That is not what {{amount}} should buy.",
    ],
  },
  {
    label: "hold.personal_data",
    phrasings: [
      "If anyone has trouble with the {{goods}}, ring {{person}} in the {{city}} shop directly, mobile 0470 {{bigCount}}, and mention order {{order}}. That worked for me on {{day}}.",
      "Do not bother with the hotline. {{person}} from {{city}} sorted out my {{goods}} on {{day}}; call the mobile, 0470 {{bigCount}}, and refer to {{order}}.",
      "My tip for problems with the {{goods}}: the private number of {{person}} at the {{city}} branch is 0470 {{bigCount}}. I used it on {{day}} for {{order}} and was helped at once.",
      "{{person}} ({{city}}) is the one to talk to about the {{goods}}. 0470 {{bigCount}} is the mobile number, have {{order}} ready. Solved on {{day}}.",
      "Solved on {{day}}, thanks to {{person}} of the shop in {{city}}, whom you reach under 0470 {{bigCount}}. The case was {{order}}, a {{goods}}.",
    ],
  },
  {
    label: "reject.promotion",
    phrasings: [
      "Nice {{goods}}, but {{firm}} sells the same one {{percent}} percent cheaper, and with the code {{ticket}} you get another {{smallAmount}} off until {{day}}. Look for their page.",
      "Before you buy this {{goods}}, visit {{firm}}: {{percent}} percent less for the identical thing, plus {{smallAmount}} discount with {{ticket}}, valid to {{day}}.",
      "Use {{ticket}} at {{firm}} and save {{smallAmount}} on top of a price that is already {{percent}} percent lower. Same {{goods}}. The code ends on {{day}}.",
      "{{firm}} has this {{goods}} too. {{percent}} percent under the price here, and until {{day}} the voucher {{ticket}} takes off a further {{smallAmount}}.",
      "Hint: until {{day}} there is a voucher ({{ticket}}, {{smallAmount}}) at {{firm}}, where this very {{goods}} costs {{percent}} percent less anyway.",
    ],
  },
  {
    label: "hold.safety",
    phrasings: [
      "Please read this first: on {{day}} the {{goods}} became so hot after {{minutes}} minutes that it scorched our table in {{city}}. The batch number underneath is {{order}}. I have unplugged it.",
      "Warning. Our {{goods}}, batch {{order}}, burnt a mark into the table on {{day}}. It had run for {{minutes}} minutes and was far too hot. We are in {{city}} and no longer use it.",
      "The {{goods}} overheats! {{minutes}} minutes of use on {{day}} were enough to scorch the table beneath it. Batch {{order}}, bought in {{city}}. It stays off now.",
      "Safety problem with batch {{order}} of this {{goods}}: the table under it was scorched on {{day}} when it had been on for {{minutes}} minutes. I pulled the plug. Shop: {{city}}.",
      "I pulled the plug of my {{goods}} on {{day}} when I smelt burning. {{minutes}} minutes of running had scorched the table. It is from batch {{order}}, from the shop in {{city}}.",
    ],
  },
  {
    label: "reject.off_topic",
    phrasings: [
      "I have not opened the {{goods}} yet. What I want to say: parking in front of your {{city}} shop is impossible, on {{day}} I circled for {{minutes}} minutes and then got a ticket for {{smallAmount}}.",
      "No comment on the {{goods}}, it is still in its box. But the parking at the {{city}} shop! {{minutes}} minutes of driving round on {{day}}, and a fine of {{smallAmount}} in the end.",
      "One star for the car park in {{city}}, where I lost {{minutes}} minutes and {{smallAmount}} (a fine) on {{day}}. The {{goods}} may be fine, I have yet to unpack it.",
      "A fine of {{smallAmount}} and {{minutes}} minutes of searching for a space, that is what my visit to {{city}} on {{day}} cost. I cannot judge the {{goods}}, which is unopened.",
      "Your shop in {{city}} needs a car park. On {{day}} it took me {{minutes}} minutes to find a space that then cost me {{smallAmount}} in fines. The {{goods}} is not unpacked yet.",
    ],
  },
];

/** How a review goes on; each list holds rewordings of one and the same remark. */
export const reviewCircumstances: readonly (readonly string[])[] = [
  [
    "I ordered it together with a {{otherGoods}} under {{order}}, for a team of {{count}} people.",
    "It came with a {{otherGoods}} (order {{order}}); {{count}} of us share the two.",
    "Order {{order}}, which also held a {{otherGoods}}, is for our team of {{count}}.",
    "There are {{count}} of us in the team; {{order}} was for this and a {{otherGoods}}.",
    "A {{otherGoods}} was in the same order, {{order}}, meant for {{count}} people.",
  ],
  [
    "For comparison, the one that we had before lasted {{moreDays}} days and came from {{otherFirm}}.",
    "Our previous one, by {{otherFirm}}, held for {{moreDays}} days.",
    "The predecessor was from {{otherFirm}} and broke after {{moreDays}} days.",
    "{{otherFirm}} made the one we had earlier; it worked for {{moreDays}} days.",
    "Before this we had one of {{otherFirm}} that survived {{moreDays}} days.",
  ],
  [
    "I bought it in {{month}} after reading {{count}} other reviews, and {{colleague}} at work has the same model.",
    "{{colleague}}, who works with me, owns it too; I read {{count}} reviews before ordering in {{month}}.",
    "Ordered in {{month}}, {{count}} reviews read, and the same model stands on the desk of {{colleague}}.",
    "My colleague {{colleague}} has one as well. Purchase in {{month}}, following {{count}} reviews.",
    "In {{month}}, with {{count}} reviews behind me, I chose the model that {{colleague}} in the office uses.",
  ],
];

/** What the model is told about reviews: about 300 tokens, the same for every call. */
export const reviewInstructions: string = `You classify customer reviews of a web shop before they are published. Answer with exactly one label and nothing else.
publish.positive - an honest favourable experience with the article itself.
publish.negative - an honest unfavourable experience with the article or its delivery; harsh words about a thing are allowed.
hold.personal_data - names a private person together with a telephone number, address, mail address or anything else that would let a stranger find them. Also when the writer means it kindly.
hold.safety - reports heat, smoke, fire, injury, allergic reaction, sharp edges or any other danger to people. A person looks at these within the hour, so when in doubt choose this label over every other.
reject.promotion - advertises another shop, a voucher, a code or a link.
reject.off_topic - says nothing about the article or its delivery.
Rules of precedence: safety before personal data, personal data before promotion, promotion before off-topic, off-topic before the two publish labels. The star rating is not shown to you on purpose; judge the words alone. Reviews may be in any language and may contain spelling mistakes, irony or quotations from other reviews; a quotation counts as the writer's own words only if the writer agrees with it. Do not explain, do not translate, do not repeat any part of the review in your answer.`;
