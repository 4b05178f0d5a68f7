/** One thing people write to support about: the class it belongs to, and ways in which different people say exactly the same. */
export interface Intent {
  readonly label: string;
  /** Real rewordings: same facts, other words, other order. A cluster never uses one of them twice. */
  readonly phrasings: readonly string[];
}

/** What support tickets are about. */
export const ticketIntents: readonly Intent[] = [
  {
    label: "billing.duplicate_charge",
    phrasings: [
      "You have taken {{amount}} from our card twice for invoice {{invoice}}, once on {{day}} and again the morning after. We only have one {{product}} subscription, so please return the second payment.",
      "Our bank statement shows invoice {{invoice}} paid two times. Both entries are {{amount}} and the first one is dated {{day}}. Since there is a single {{product}} subscription, one of them has to come back to us.",
      "Can somebody look at a double payment? {{invoice}} ({{product}}) was debited on {{day}}, then the same {{amount}} went out a second time. I would like the extra debit reversed.",
      "Charged double! Invoice {{invoice}}, {{amount}}, {{product}}. First charge {{day}}, second a day later. Refund the duplicate, please.",
      "While reconciling I noticed that the {{amount}} for {{product}} under {{invoice}} appears in duplicate, starting on {{day}}. Kindly cancel whichever of the two entries is the error and send the money back.",
    ],
  },
  {
    label: "billing.refund_request",
    phrasings: [
      "We stopped using {{product}} on {{day}}, yet {{invoice}} still bills the full term at {{amount}}. I am asking for the unused part of that invoice to be refunded.",
      "Please refund what is left of {{invoice}}. Nobody here has opened {{product}} since {{day}} and the {{amount}} covers months that we will not use.",
      "I want my money back for the rest of the term: {{product}}, invoice {{invoice}}, {{amount}}. Our last day with it was {{day}}.",
      "How do I get a partial refund? Since {{day}} we no longer work with {{product}}; the invoice in question is {{invoice}} over {{amount}}.",
      "The {{amount}} on {{invoice}} pays for time after {{day}}, which is when we switched {{product}} off. A pro-rata repayment would be fair.",
    ],
  },
  {
    label: "access.login_failure",
    phrasings: [
      "Since {{time}} nobody in the {{workspace}} workspace can sign in to {{product}}. The page says error {{status}} after the password is entered. It fails the same way on {{device}}.",
      "Sign-in is broken for all of us. {{product}} accepts the password, then throws a {{status}} and returns to the start page. First seen at {{time}}, workspace {{workspace}}, tried with {{device}}.",
      "We are locked out of {{product}}! Workspace {{workspace}}, everyone gets a {{status}} after typing the password, from {{time}} on. I tested it with {{device}} myself.",
      "Getting error {{status}} when logging in. It began around {{time}} and hits every member of {{workspace}} in {{product}}, for example on {{device}}.",
      "Could you check the login of {{workspace}}? Using {{device}} I enter my password for {{product}} and all that comes back is {{status}}. Colleagues report the same since {{time}}.",
    ],
  },
  {
    label: "defect.export",
    phrasings: [
      "The CSV export of {{product}} stops after {{bigCount}} rows although the period to the end of {{month}} has far more. There is no message; the file simply ends.",
      "When I export {{month}} from {{product}} as CSV the download is cut: I count {{bigCount}} lines and then nothing, no warning at all.",
      "Rows are missing from our {{month}} export. {{product}} hands out a CSV of just {{bigCount}} records and does not say that anything was left out.",
      "Exporting from {{product}} silently loses data: everything past row {{bigCount}} of the {{month}} CSV is absent.",
      "Our accountant found that the {{product}} file for {{month}} is incomplete. The CSV breaks off at record {{bigCount}} without an error.",
    ],
  },
  {
    label: "account.cancellation",
    phrasings: [
      "Please cancel the {{plan}} plan of {{product}} for {{firm}} with effect from {{day}}. We do not want it to renew, and I need a written confirmation.",
      "{{firm}} will not continue with {{product}}. End our {{plan}} subscription on {{day}}, make sure it is not prolonged, and confirm it by mail.",
      "This is our notice: {{product}} {{plan}}, customer {{firm}}, last day {{day}}. No renewal. Send a confirmation.",
      "I would like to terminate {{firm}}'s {{plan}} contract for {{product}} as of {{day}}; please confirm in writing that no further term begins.",
      "How do we close our {{product}} account? {{firm}} wants to leave the {{plan}} plan on {{day}} for good, without automatic renewal, and with a confirmation for the files.",
    ],
  },
  {
    label: "account.plan_change",
    phrasings: [
      "We are growing to {{seats}} people on {{day}} and would like to move {{product}} from {{plan}} to the next larger plan. What happens to the days already paid?",
      "From {{day}} on there will be {{seats}} of us, so {{plan}} is too small. Could you upgrade {{product}} and tell me how the remaining prepaid days are credited?",
      "Upgrade request: {{product}}, now {{plan}}, {{seats}} seats needed by {{day}}. Will the rest of the current period be offset?",
      "Our headcount reaches {{seats}} on {{day}}. I want a bigger plan than {{plan}} for {{product}}, but first explain what becomes of the time that we have paid for.",
      "Please switch our {{product}} subscription up from {{plan}}; we need {{seats}} licences starting {{day}}. Is the unused part of this term deducted?",
    ],
  },
  {
    label: "defect.integration",
    phrasings: [
      "The webhook from {{product}} to {{integration}} has returned {{status}} for every event since {{time}}. We changed nothing on our side; the last good delivery was on {{day}}.",
      "{{integration}} no longer receives anything from {{product}}: each webhook call ends with {{status}}. It worked until {{day}}, the trouble started at {{time}}, and we did not touch the configuration.",
      "All webhook deliveries are failing with {{status}} ({{product}} into {{integration}}). Start of the failures: {{time}}. Last success: {{day}}. No change at our end.",
      "Since {{time}}, events that {{product}} should push to {{integration}} bounce with a {{status}}. The most recent one that arrived is from {{day}} and our setup is the same as then.",
      "Why does {{product}} get a {{status}} whenever it calls {{integration}}? We have altered nothing. Things were fine on {{day}} and have been broken since {{time}}.",
    ],
  },
  {
    label: "defect.performance",
    phrasings: [
      "Opening the overview page of {{product}} takes {{minutes}} seconds since the update to version {{version}}. Before it was instant. We have about {{bigCount}} records in there.",
      "{{product}} became terribly slow with {{version}}: the overview needs {{minutes}} seconds to load our {{bigCount}} records, where it used to appear at once.",
      "After you rolled out {{version}} the start page of {{product}} crawls. I measured {{minutes}} seconds. Data volume: {{bigCount}} records. Earlier versions were immediate.",
      "Is there a known slowdown in {{version}}? With our {{bigCount}} records the {{product}} overview now makes us wait {{minutes}} seconds instead of none.",
      "Performance complaint about {{product}}: loading the overview ({{bigCount}} records) jumped from nothing to {{minutes}} seconds on the day {{version}} arrived.",
    ],
  },
  {
    label: "shipping.address_change",
    phrasings: [
      "Order {{order}} is going to our old address in {{city}}. We moved to {{otherCity}} on {{day}}. Please redirect the {{goods}} before it leaves the warehouse.",
      "I forgot to update the delivery address: {{order}} ({{goods}}) must go to {{otherCity}}, not {{city}}, because we relocated on {{day}}. Can it still be changed before dispatch?",
      "Wrong destination on {{order}}! It says {{city}}, but since {{day}} we are in {{otherCity}}. Stop the {{goods}} and send it to the new place.",
      "Could you correct where {{order}} is shipped? The {{goods}} should reach us in {{otherCity}}; {{city}} is where we were until {{day}}. It has not left yet as far as I can see.",
      "We have a new office in {{otherCity}} as of {{day}}, and the {{goods}} from {{order}} is still addressed to {{city}}. Please amend it while the parcel is with you.",
    ],
  },
  {
    label: "shipping.missing_parcel",
    phrasings: [
      "Tracking says that {{order}} was delivered on {{day}} at {{time}}, but no {{goods}} has arrived in {{city}} and the neighbours do not have it either.",
      "I never received the {{goods}} of {{order}}. According to the carrier it was handed over in {{city}} on {{day}}, {{time}}. Nobody next door took it in.",
      "Where is my parcel? {{order}}, one {{goods}}, marked delivered {{day}} {{time}} in {{city}}. Not here, not with the neighbours.",
      "The {{goods}} I ordered ({{order}}) is lost: the status changed to delivered at {{time}} on {{day}}, yet there is nothing at our door in {{city}}, nor with anyone in the building.",
      "Your carrier claims a delivery in {{city}} on {{day}} at {{time}} for {{order}}. We checked everywhere, neighbours included, and there is no {{goods}}.",
    ],
  },
  {
    label: "billing.invoice_details",
    phrasings: [
      "Invoice {{invoice}} carries the wrong VAT number. Ours is {{vat}}, in the name of {{firm}}. I need a corrected copy by {{day}} for the tax office.",
      "Please reissue {{invoice}} to {{firm}} with VAT number {{vat}}; the one printed there is not ours. Our tax filing is due {{day}}.",
      "The tax id on {{invoice}} is incorrect. It should read {{vat}} ({{firm}}). Deadline for the correction is {{day}}, because of the tax office.",
      "Before {{day}} I have to hand in {{invoice}}, but it does not show our VAT id {{vat}}. Can you send {{firm}} an amended version?",
      "We, {{firm}}, need {{invoice}} once more with the right VAT number, namely {{vat}}. The authorities want it no later than {{day}}.",
    ],
  },
  {
    label: "privacy.deletion",
    phrasings: [
      "Under the data protection rules I ask you to delete everything you hold about {{person}} in {{product}}, including backups, and to confirm it within {{days}} days.",
      "Please erase all personal data of {{person}} from {{product}} and its backups. I expect your confirmation in at most {{days}} days, as the law provides.",
      "Deletion request: {{person}}, {{product}}, backups too. Confirm completion inside {{days}} days.",
      "{{person}} has left us and wishes to be forgotten. Kindly remove every trace of that person from {{product}} (backups as well) and let us know within {{days}} days that it is done.",
      "I am exercising the right to erasure for {{person}}. Which data {{product}} keeps, backups included, has to be wiped; you have {{days}} days to confirm.",
    ],
  },
  {
    label: "access.permissions",
    phrasings: [
      "{{colleague}} needs to approve payments in {{product}} from {{day}} on, but I find no role that allows approving without also allowing deletion. Which one do we use?",
      "Which role in {{product}} lets somebody approve payments and not delete anything? It is for {{colleague}}, starting {{day}}.",
      "I want to give {{colleague}} the right to release payments in {{product}} as of {{day}}, without the right to delete. How is that set up?",
      "Is there an approve-only role? {{colleague}} takes over payment approval in {{product}} on {{day}} and must not be able to delete.",
      "As of {{day}} {{colleague}} signs off payments in {{product}}. Every role that I tried which can approve can also delete, and that is too much. What do you suggest?",
    ],
  },
  {
    label: "feedback.feature_request",
    phrasings: [
      "It would help us a lot if {{product}} could send the weekly summary to {{integration}} automatically. Today {{colleague}} copies {{count}} figures by hand every Monday.",
      "Feature wish: push the weekly summary of {{product}} straight into {{integration}}. {{colleague}} retypes {{count}} numbers each Monday.",
      "Every Monday {{colleague}} transfers {{count}} values from the {{product}} weekly summary to {{integration}} manually. Could you automate that?",
      "Have you thought about connecting the weekly summary in {{product}} with {{integration}}? It would spare {{colleague}} the Monday copying of {{count}} figures.",
      "Suggestion for the roadmap: an automatic transfer of {{product}}'s weekly summary to {{integration}}, so that {{count}} figures need not be copied by {{colleague}} on Mondays.",
    ],
  },
];

/** How a ticket opens. */
export const ticketOpenings: readonly string[] = [
  "Hello,",
  "Hi there,",
  "Good morning,",
  "Dear support team,",
  "To whom it may concern,",
  "Hey,",
  "Good afternoon,",
  "Hello Larkspur team,",
];

/** Circumstances that surround the matter, said in several ways; a paraphrase keeps the facts and changes the words. */
export const ticketCircumstances: readonly (readonly string[])[] = [
  [
    "For reference: our workspace is {{workspace}}, we are on the {{plan}} plan and {{seats}} people work with it every day.",
    "Some background: {{seats}} colleagues use this daily, the workspace is called {{workspace}}, plan {{plan}}.",
    "We are a {{plan}} customer with {{seats}} daily users; you will find us under {{workspace}}.",
    "Our account, in case you need it: {{workspace}} ({{plan}}), in daily use by {{seats}} of us.",
    "({{workspace}}, {{plan}} plan, {{seats}} daily users.)",
  ],
  [
    "I already spoke to {{manager}} on the phone on {{otherDay}}, who promised to call back and did not.",
    "{{manager}} from your side said on {{otherDay}} that somebody would ring us. Nobody has.",
    "This was also raised by phone on {{otherDay}}; {{manager}} wanted to come back to me, without result so far.",
    "When I called on {{otherDay}}, {{manager}} told me to expect a call, which never came.",
    "On {{otherDay}} a call back was agreed with {{manager}}. I am still waiting for it.",
  ],
  [
    "It is holding up {{count}} orders at our {{otherCity}} site, so I would be glad of a quick answer.",
    "Our site in {{otherCity}} has {{count}} orders waiting because of this. A fast reply would be welcome.",
    "Because of it {{count}} orders are stuck in {{otherCity}}; the sooner you answer, the better.",
    "{{otherCity}} cannot finish {{count}} orders until this is settled, please hurry.",
    "Please treat it with some priority: {{count}} orders in {{otherCity}} depend on it.",
  ],
  [
    "I searched your help pages for about {{minutes}} minutes, found article {{ticket}}, and it did not cover our case.",
    "Article {{ticket}} in the help pages was the nearest that I found after {{minutes}} minutes, but our case is not in it.",
    "Help page {{ticket}} does not answer this; I spent {{minutes}} minutes looking.",
    "After {{minutes}} minutes with your documentation the only match was {{ticket}}, which is about something else.",
    "Your documentation did not help: {{minutes}} minutes of searching led to {{ticket}} and no further.",
  ],
];

/** How a ticket closes. */
export const ticketClosings: readonly string[] = [
  "Regards,\n{{person}}\n{{firm}}",
  "Thanks,\n{{person}} ({{firm}})",
  "Kind regards\n{{person}}, {{firm}}",
  "Best,\n{{person}} / {{firm}}",
  "Many thanks in advance,\n{{person}}, on behalf of {{firm}}",
];

/** What the model is told about tickets: about 300 tokens, the same for every call, as in a real triage prompt. */
export const ticketInstructions: string = `You classify tickets: you are the triage step of a support desk for Larkspur, a suite of back-office products for small and medium-sized firms.
Read the ticket and answer with exactly one label from this list, nothing else:
- billing.duplicate_charge: the same thing was paid more than once.
- billing.refund_request: money back for something no longer used or wanted.
- billing.invoice_details: address, VAT number or name on an invoice is wrong.
- access.login_failure: a person or a whole workspace cannot sign in.
- access.permissions: questions on roles and rights of people who can sign in.
- account.cancellation: notice to end a contract or plan.
- account.plan_change: a larger or smaller plan, more or fewer seats.
- defect.export, defect.integration, defect.performance: something that worked is broken; choose by what is broken.
- shipping.address_change, shipping.missing_parcel: physical goods, before and after dispatch.
- privacy.deletion: requests of people about their own data.
- feedback.feature_request: wishes for the product.
If two labels fit, prefer the one whose delay costs the customer more money. Ignore greetings, signatures and quoted mail. A ticket with several matters gets the label of the one that the writer wants settled first. Judge the matter, not the tone.`;
