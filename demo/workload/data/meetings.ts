/** A subject that people in a meeting talk about: what they say, turn by turn. Slots are drawn anew each time. */
export interface MeetingTopic {
  readonly title: string;
  readonly turns: readonly string[];
}

/** Subjects of the meetings whose minutes are to be summarised. */
export const meetingTopics: readonly MeetingTopic[] = [
  {
    title: "Quarterly numbers",
    turns: [
      "Let me start with the numbers. We closed {{month}} at {{largeAmount}}, which is {{percent}} percent above plan, but a single order from {{firm}} accounts for most of that, so I would not extrapolate it.",
      "And without that one order? I would like the board to see the figure net of it, otherwise we explain the drop in three months' time.",
      "Net of it we are {{smallPercent}} percent under plan. The gap is nearly all in {{city}}, where two renewals slipped into the next quarter.",
      "Which two? If {{otherFirm}} is one of them I spoke to {{colleague}} on {{day}} and it is signed, only the paper is missing.",
      "It is one of them. The other is worth {{amount}} a month and they want the price of {{otherDay}} honoured. I propose that we agree, because winning a replacement costs us more.",
      "Agreed for this one time, and I want it written down that it is no precedent. {{manager}} to confirm with legal by {{day}}.",
    ],
  },
  {
    title: "Hiring",
    turns: [
      "We have {{count}} open positions and {{seats}} applications. The bottleneck is the second interview, where candidates wait {{days}} days on average.",
      "The wait is our own doing. Half of the interviewers block their mornings. Could we agree on two fixed afternoons a week?",
      "Two afternoons work for {{city}} but not for {{otherCity}} with the time difference. I would rather train {{count}} more interviewers.",
      "Training takes a month. Let us do both: afternoons from {{day}} on, and {{colleague}} sets up the training.",
      "One more point: an offer to a candidate was declined because we took {{days}} days to send the contract. That must not happen again, the template has been ready since {{month}}.",
      "I will own that. From now on the contract leaves within {{hours}} hours of the decision, and I report the exceptions here.",
    ],
  },
  {
    title: "Warehouse move",
    turns: [
      "The lease in {{city}} ends on {{day}}. The new hall has {{bigCount}} square metres, and the racking will be finished {{days}} days before we move in if the permit comes on time.",
      "What is plan B if it does not? We cannot have {{bigCount}} pallets on the street.",
      "{{firm}} would rent us space for {{amount}} a week, with a notice of {{days}} days. I have a written offer that stands until {{otherDay}}.",
      "Then take the offer now. The worst case costs us {{amount}}, and a stop of deliveries costs us that in {{hours}} hours.",
      "There is also the matter of the forklifts: {{count}} are leased to the end of {{month}} and the lessor wants {{amount}} for moving them.",
      "Ask {{colleague}} whether buying is cheaper. And somebody has to tell customers that the cut-off moves to {{time}} in the week of the move. Who writes that?",
      "I do, and I send it to everyone here on {{day}}. Objections within {{hours}} hours, please, after that it goes out.",
    ],
  },
  {
    title: "Incident of last week",
    turns: [
      "Short account of the outage: on {{day}} at {{time}} {{host}} ran out of connections, and for {{minutes}} minutes {{percent}} percent of the payments failed. Nothing was charged twice, I checked all {{bigCount}} of them.",
      "How did we learn of it? I had a call from {{firm}} before any alarm.",
      "That is the embarrassing part. The alarm looks at the mean over {{minutes}} minutes, so a short and total failure hides in it. It now looks at the worst minute.",
      "What do we tell the customers who lost sales? {{otherFirm}} claims {{largeAmount}}, which I consider fantasy, but they will want something.",
      "The contract has a credit of {{percent}} percent of the monthly fee for anything over {{minutes}} minutes. I suggest that we give it unasked to everyone affected, that is {{seats}} accounts.",
      "Do it unasked. And I want the test of the failover on the calendar, the last one was in {{month}}.",
      "It is scheduled for {{otherDay}}. {{manager}} decides on the day whether we run it in working hours.",
    ],
  },
  {
    title: "Pricing",
    turns: [
      "The proposal is to raise the {{plan}} plan of {{product}} by {{percent}} percent for new customers from {{day}} and for existing ones {{moreDays}} days later.",
      "I am against doing both in one year. We promised {{firm}} and a few others stability when they signed for {{seats}} seats.",
      "Those with a written promise are exempt, there are {{count}} of them. For the rest our costs went up by {{smallPercent}} percent, and we have not touched the price since {{month}} of the year before last.",
      "Did anybody model who leaves? In {{city}} we lost {{count}} accounts at the last increase, mostly small ones.",
      "We did. If {{percent}} percent of the small ones leave we break even; at the last increase it was {{smallPercent}} percent. So there is room.",
      "Then my suggestion is to start with new customers, look at the figures for {{days}} days, and bring the second half back to this round.",
      "I can live with that. {{colleague}} prepares the announcement, and sales gets it {{days}} days before anyone else.",
    ],
  },
  {
    title: "Support load",
    turns: [
      "Tickets rose to {{bigCount}} in {{month}}, {{percent}} percent more than the month before. The first answer takes {{hours}} hours, our promise is a fraction of that.",
      "Where does the rise come from? If it is the new import in {{product}}, we knew that it was confusing.",
      "About {{percent}} percent of it is the import. Another large part is people who ask where their {{goods}} is, since the carrier changed its tracking page.",
      "Can we answer the tracking questions automatically? The data is there, {{integration}} has every scan.",
      "We can, and I would like {{days}} days for it. For the import {{colleague}} has rewritten the page and the number of questions per upload fell by {{percent}} percent in the test.",
      "Roll the page out on {{day}}. For the tracking answers I want a person to look at a sample, say {{count}} a day, before they go out on their own.",
    ],
  },
  {
    title: "Security review",
    turns: [
      "The auditors found {{count}} points, none of them critical. The one that I take seriously is that {{seats}} former employees still have a deactivated but not deleted account.",
      "Is that a risk? Deactivated means that they cannot sign in.",
      "They cannot, but their tokens for {{integration}} were never revoked. Two were used after the last day of work, by a script that nobody had moved. No data left, I have the logs from {{day}} onwards.",
      "Revoke all of them today, and whoever complains gets help with moving the script.",
      "Done by {{time}}. The second point: backups in {{otherCity}} are restored once a year. They want every {{days}} days.",
      "Quarterly is reasonable. Automate it, with a report to {{manager}}, and put the first run before {{otherDay}}.",
      "The remaining points are paperwork, I will bring them to you with a proposal each. The auditors come back on {{day}}.",
    ],
  },
  {
    title: "Customer visit",
    turns: [
      "I was at {{firm}} in {{city}} on {{day}}. They use {{product}} at {{seats}} desks and are happy with it on the whole, but their year-end takes {{hours}} hours of manual work.",
      "What do they do by hand? The year-end report should cover it.",
      "It covers their own numbers, not those of the {{count}} subsidiaries, each with its own chart of accounts. They paste everything into one sheet.",
      "We have heard the same from {{otherFirm}}. How many customers have subsidiaries at all?",
      "According to {{colleague}} there are {{seats}}, with about {{percent}} percent of the revenue. So it is not a niche.",
      "Then let us put a consolidated report on the list for {{month}}, and ask {{firm}} to be the first to try it. What would they pay?",
      "They mentioned {{amount}} a month without being asked. I would take that as the lower bound.",
    ],
  },
  {
    title: "Supplier negotiation",
    turns: [
      "{{otherFirm}} offers the {{goods}} at {{amount}} apiece if we commit to {{bigCount}} units over the year. At present we pay {{percent}} percent more and order whenever we need some.",
      "Do we sell that many? I remember {{bigCount}} in a good year.",
      "In the last twelve months, yes, barely. With the commitment we carry the risk of the rest, and storage is {{smallAmount}} a unit and month.",
      "What about a smaller commitment with an option? I got that from {{firm}} for the {{otherGoods}}, it only took some patience.",
      "They have refused it once. I can try again with the argument that we pay within {{days}} days instead of {{moreDays}}.",
      "Try that. If they refuse again, take half the volume at the present price and we look at it in {{month}}. {{manager}} has to sign either way, as it is over {{largeAmount}}.",
    ],
  },
  {
    title: "Data protection",
    turns: [
      "We have {{count}} open requests for deletion, the oldest from {{day}}. The law gives us a month, and {{product}} makes it hard to find everything that belongs to one person.",
      "What is the hard part? I thought that the search goes over all tables.",
      "It does, but not over attachments, and not over the copies that were sent to {{integration}}. Those we ask for by mail, and they answer after {{days}} days.",
      "Put a clause in the contract with them: answer within {{hours}} hours or we stop sending. {{colleague}}, can legal draft that?",
      "Yes, by {{otherDay}}. There is also a template from the {{city}} office that we can reuse.",
      "And for the attachments: index them. I do not want a person reading {{bigCount}} files to find a name.",
    ],
  },
];

/** Small talk of chairpersons between subjects. */
export const meetingTransitions: readonly string[] = [
  "Good. Next point, please.",
  "Let us note that and move on.",
  "Anything else on this? No? Then the next one.",
  "We are {{minutes}} minutes behind, so please be brief.",
  "Thank you, {{colleague}}. On to the next subject.",
  "I would like to close this one here.",
  "We come back to it on {{day}}. Next.",
  "Fine, that is decided then.",
];
