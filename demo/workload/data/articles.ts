/** A kind of help article: its text with slots for the facts of one product, and what people ask about it. */
export interface ArticleKind {
  readonly name: string;
  readonly title: string;
  readonly body: string;
  /** For each fact that can be asked for: several ways of asking for exactly that. */
  readonly questions: readonly (readonly string[])[];
}

/** Where the help centre and the handbook of our invented firm get their articles from. */
export const articleKinds: readonly ArticleKind[] = [
  {
    name: "refunds",
    title: "Refunds and cancellations for {{product}} ({{plan}} plan)",
    body: `A paid term of {{product}} can be cancelled at any time from Settings > Subscription; access continues until the end of the term. A refund of the unused part is possible within {{days}} days of the invoice date, provided that fewer than {{count}} documents were created in the term. After that period the amount is credited to the workspace and expires after {{moreDays}} days.
Refunds go back to the means of payment that was used and arrive within {{hours}} hours for cards and up to {{count}} working days for bank transfers. A handling fee of {{smallAmount}} is kept when a payment was disputed with the bank before we were asked. Seats that were added in the middle of a term are refunded at the daily rate; seats that were removed are not, since they stay usable.
Partners and resellers follow their own agreement and write to partner-desk. Cancelling deletes nothing: data remains readable for {{moreDays}} days, in which the workspace can be opened again by any owner. An owner who has left the firm can be replaced by sending an extract of the company register that is not older than {{days}} days.`,
    questions: [
      [
        "How long after the invoice date can I still get a refund for {{product}}?",
        "What is the deadline for asking for my money back on {{product}}, counted from the invoice?",
        "Up to when does {{product}} pay back the unused part of a term?",
        "I was billed for {{product}}. Within how many days is a refund of the unused part possible?",
        "Is there a time limit for {{product}} refunds once the invoice has been issued?",
      ],
      [
        "For how long is our data readable after we cancel {{product}}?",
        "If we end {{product}}, when does the data stop being readable?",
        "We are leaving {{product}}. How many days do we have to look at our data?",
        "After a cancellation of {{product}}, how long can an owner still reopen the workspace and read it?",
        "How much time passes between cancelling {{product}} and the data becoming unreadable?",
      ],
    ],
  },
  {
    name: "single-sign-on",
    title: "Setting up single sign-on in {{product}}",
    body: `Single sign-on with SAML 2.0 or OpenID Connect is part of the {{plan}} plan and above. An owner opens Settings > Security > Identity, downloads the metadata file and uploads it at the identity provider. The assertion must carry the mail address as NameID; group names travel in the attribute "larkspur-roles". Certificates with fewer than {{days}} days of life left are refused, and a warning goes to all owners {{days}} days before one expires.
Sessions last {{hours}} hours and end after {{minutes}} minutes without activity. Up to {{count}} identity providers can be connected to one workspace, each bound to one or more mail domains that have been confirmed by a DNS record. While enforcement is off, people may still use their password; once it is on, only the {{count}} recovery codes that were printed at set-up let an owner in without the identity provider.
When the clock of the identity provider differs by more than {{minutes}} seconds the sign-in fails with error SSO-{{status}}. Provisioning by SCIM creates people at the first synchronisation and deactivates, never deletes, those who vanish from the directory; their documents pass to the person named as deputy.`,
    questions: [
      [
        "How long does a session last with single sign-on in {{product}}?",
        "After how many hours does {{product}} make people with SSO sign in again?",
        "What is the session length in {{product}} once single sign-on is used?",
        "When does an SSO session of {{product}} end, assuming that somebody keeps working?",
        "SSO in {{product}}: for how many hours do I stay signed in?",
      ],
      [
        "What does {{product}} do with people who disappear from our directory?",
        "If somebody is removed from the directory, is the account in {{product}} deleted?",
        "A colleague has left and is gone from our identity directory. What becomes of the {{product}} account?",
        "Does SCIM delete accounts in {{product}} or only switch them off when a person vanishes from the directory?",
        "What happens in {{product}} to an account whose owner no longer appears in the directory?",
      ],
    ],
  },
  {
    name: "rate-limits",
    title: "{{product}} API: limits and errors",
    body: `Each key of the {{product}} API may make {{bigCount}} calls an hour and hold {{count}} connections at once. The headers X-Limit, X-Remaining and X-Reset tell the state after every call. Beyond the limit the API answers 429 with a Retry-After of up to {{minutes}} seconds; clients that ignore it for {{hours}} hours are blocked until an owner confirms a warning mail. The {{plan}} plan doubles the hourly figure, and single endpoints such as /search have a lower limit of {{seats}} calls a minute.
Lists are paged by cursor with at most {{seats}} items a page. A cursor lives for {{minutes}} minutes. Writes accept an Idempotency-Key of up to 64 characters and remember it for {{hours}} hours: a repeat within that time returns the first answer with the header X-Replayed. Bodies over {{count}} megabytes are refused with 413.
Error bodies always have the fields code, message and trace. Codes never change their meaning; new ones may appear in any release, so treat an unknown code by its HTTP status. Deprecated endpoints send the header Sunset with a date that is at least {{moreDays}} days ahead, and a mail goes to the contact of each key that still calls them.`,
    questions: [
      [
        "How many API calls an hour are allowed with one {{product}} key?",
        "What is the hourly call limit of the {{product}} API per key?",
        "Our script hits 429 on {{product}}. How many requests in an hour does a key have?",
        "Per key, how often may we call the {{product}} API in sixty minutes?",
        "Could you tell me the number of calls that a {{product}} API key gets each hour?",
      ],
      [
        "For how long does {{product}} remember an idempotency key?",
        "After what time can an Idempotency-Key be used anew with {{product}}?",
        "We repeat a write to {{product}} with the same Idempotency-Key. Until when is it recognised?",
        "What is the lifetime of idempotency keys in the API of {{product}}?",
        "How many hours does a repeated Idempotency-Key return the first answer in {{product}}?",
      ],
    ],
  },
  {
    name: "exports",
    title: "Exporting data from {{product}}",
    body: `Owners and auditors can export everything that a workspace of {{product}} holds: Settings > Data > Export. CSV, JSON lines and a signed PDF archive are available. Exports of up to {{bigCount}} rows are made at once; larger ones are queued, take up to {{hours}} hours and end with a mail that holds a link. The link works for {{days}} days and only for people who are signed in to the same workspace.
A scheduled export runs daily, weekly or on the first of the month at {{time}} UTC and is delivered by SFTP or to an object store. Three failed deliveries in a row switch the schedule off and inform all owners. Attachments are included when they are smaller than {{count}} megabytes each; larger ones are listed in missing.csv together with a link.
Columns are added at the end and never removed without a notice of {{moreDays}} days. Dates are ISO 8601 in UTC, decimals use a point, and text is UTF-8 with a byte order mark, as some spreadsheets need it. Fields that were marked confidential are left out unless the exporting person has the right "reveal", and each reveal is written to the audit log with name, time and reason.`,
    questions: [
      [
        "How long does the download link of a large {{product}} export work?",
        "When does the link in the export mail from {{product}} expire?",
        "I got a link to a big export of {{product}}. For how many days can I still use it?",
        "What is the validity of {{product}} export links?",
        "Until when can the file of a queued {{product}} export be downloaded?",
      ],
      [
        "Why are some attachments not in my {{product}} export?",
        "Attachments are missing from what I exported out of {{product}}. What is the reason?",
        "Which attachments does an export of {{product}} leave out?",
        "My {{product}} export lacks several attached files. How come?",
        "Is there a rule by which {{product}} skips attachments when exporting?",
      ],
    ],
  },
  {
    name: "returns",
    title: "Returns and repairs of devices sold with {{product}}",
    body: `Devices such as the {{goods}} that were bought with {{product}} can be returned unused within {{days}} days of delivery. The label is printed from Orders > Return; the parcel must be handed to the carrier within {{count}} days of printing. Opened devices are taken back too, less {{percent}} percent of the price, as long as the seal on the battery is intact. Consumables are excluded once opened.
The warranty is {{moreDays}} weeks. A repair starts with a diagnosis by remote session, which takes about {{minutes}} minutes. If the device must come in, an exchange unit is sent first to customers of the {{plan}} plan, who then have {{days}} days to send the broken one. Without a plan a deposit of {{amount}} is held on the card until the broken unit is here.
Repairs outside the warranty are quoted in writing and cost at least {{smallAmount}}; a quote is valid for {{days}} days and its fee is deducted if the repair is ordered. Data on returned devices is wiped on arrival according to procedure W-{{count}}, and a certificate is available for {{moreDays}} days. Devices that nobody claims are recycled after {{moreDays}} days.`,
    questions: [
      [
        "Within how many days can I send back an unused device bought with {{product}}?",
        "What is the return window for unused {{product}} hardware?",
        "The device from {{product}} is still sealed. How long do I have to return it?",
        "How much time do we get to return equipment that came with {{product}} and was not used?",
        "Until how many days after delivery does {{product}} take unused devices back?",
      ],
      [
        "How much is deducted when I return an opened {{product}} device?",
        "I have opened the box of my {{product}} device. What do I lose if I send it back?",
        "What share of the price is kept for opened devices returned to {{product}}?",
        "Do I get the full price for an opened device from {{product}}, or is something taken off?",
        "By how many percent is the refund reduced if a {{product}} device has been opened?",
      ],
    ],
  },
  {
    name: "expenses",
    title: "Handbook: travel and expenses, {{city}} office",
    body: `Trips that cost more than {{amount}} need the approval of the budget holder before anything is booked. Trains are preferred for journeys of under {{hours}} hours; first class is allowed from the third hour. Flights are booked in economy through the travel desk at least {{days}} days ahead, and a later booking needs one sentence of explanation. Hotels may cost up to {{amount}} a night in {{city}} and {{smallAmount}} more in capitals.
Meals are paid as a daily allowance of {{smallAmount}}, reduced by a third for each meal that was provided. Receipts over {{smallAmount}} are photographed and handed in through the expense form within {{days}} days of the end of the trip. What is handed in later than {{moreDays}} days is not reimbursed. Reimbursement comes with the next payroll if the form is complete by the {{count}}th of the month.
Private cars are paid at the official rate, with a passenger supplement; fines are never reimbursed. Guests may be invited up to {{amount}} per event and the names of all present stand on the receipt. Home-office equipment of up to {{amount}} every {{moreDays}} weeks is ordered through {{product}} and belongs to the firm. Questions go to {{manager}}.`,
    questions: [
      [
        "How long after a trip may I hand in receipts in the {{city}} office?",
        "What is the deadline for submitting travel receipts at our {{city}} office?",
        "I am back from a journey for the {{city}} office. By when are my receipts due?",
        "Until when can people in {{city}} file their expenses when a trip is over?",
        "In the {{city}} office, how many days do I have for the expense form after travelling?",
      ],
      [
        "From what amount does a trip from {{city}} need approval?",
        "Up to which price may I book a trip without asking the budget holder in {{city}}?",
        "When do travel costs in the {{city}} office have to be approved beforehand?",
        "Is there a limit under which {{city}} staff can book trips on their own?",
        "At what cost does the {{city}} office require the budget holder's consent to a journey?",
      ],
    ],
  },
  {
    name: "leave",
    title: "Handbook: leave and absence, {{city}} office",
    body: `Everybody has {{count}} days of annual leave plus the public holidays of {{city}}. Leave is requested in {{product}} at least {{days}} days before it starts; requests for more than two weeks need {{moreDays}} days. Up to {{count}} days can be carried into the next year and are used by the end of {{month}}, after which they lapse unless illness or parental leave stood in the way. Leave in the first {{days}} days of employment is granted in advance.
Sickness is reported to {{manager}} before {{time}} on the first day, by message or telephone. A certificate is due on day {{count}} and is uploaded by the person, not sent by mail. Whoever falls ill on holiday gets those days back on showing a certificate. After {{moreDays}} days of absence a plan for the return is agreed with the occupational physician.
Parental leave is {{moreDays}} days with full pay for either parent and can be taken in up to {{count}} parts. Caring for close relatives: {{days}} days a year. Volunteering: {{hours}} hours a year. Unpaid leave of up to {{moreDays}} days needs the consent of the head of department and leaves the pension contribution untouched for the first {{days}} days.`,
    questions: [
      [
        "Until when can I use the leave that I carried over in {{city}}?",
        "By what date do carried-over leave days lapse in the {{city}} office?",
        "I still have last year's holiday. How long is it valid at the {{city}} office?",
        "When does leave from the previous year expire for people in {{city}}?",
        "What is the last month in which {{city}} staff may take days from last year?",
      ],
      [
        "How many days of paid parental leave do people in {{city}} get?",
        "What is the length of fully paid parental leave at the {{city}} office?",
        "We are having a child. How long is parental leave with full pay in {{city}}?",
        "For how many days does the {{city}} office pay parents in full while they are on leave?",
        "Parental leave in {{city}}: how many days on full salary?",
      ],
    ],
  },
  {
    name: "retention",
    title: "How long {{product}} keeps data",
    body: `Documents stay in {{product}} until somebody deletes them. A deleted document rests in the bin for {{days}} days and can be brought back by its owner; after that it disappears from the live system at once and from the backups within {{moreDays}} days. Backups are taken every {{hours}} hours, kept in {{city}} and {{otherCity}}, and encrypted with a key that each workspace of the {{plan}} plan can bring itself.
Logs of access are kept for {{moreDays}} days, logs of changes for seven years, and neither can be shortened, since auditors rely on them. Search history is kept for {{count}} days and can be switched off per person. Mail that was sent by the system is kept for {{days}} days with its subject and without its body.
A workspace whose subscription ended is frozen for {{moreDays}} days, then deleted after two warnings to all owners, the last one {{days}} days before. A legal hold set by an auditor stops each of these clocks for the documents that it names until it is lifted, and it is shown on the document so that nobody waits for a deletion that will not come. Requests of data subjects are answered within {{days}} days.`,
    questions: [
      [
        "How long can a deleted document be restored in {{product}}?",
        "For how many days does {{product}} keep things in the bin?",
        "I deleted a document in {{product}} by mistake. Until when can I get it back?",
        "What is the time limit for bringing back something deleted from {{product}}?",
        "When does a deleted {{product}} document leave the bin for good?",
      ],
      [
        "How often does {{product}} make backups?",
        "What is the interval between two backups of {{product}}?",
        "At which frequency is the data in {{product}} backed up?",
        "Every how many hours is a backup of {{product}} taken?",
        "Could you say how much time lies between backups in {{product}}?",
      ],
    ],
  },
  {
    name: "shipping",
    title: "Shipping rules in {{product}} for {{firm}}",
    body: `Orders that are complete by {{time}} leave the warehouse in {{city}} the same day. Standard delivery takes {{count}} working days within the country; express costs {{smallAmount}} more and arrives before {{otherTime}} on the next working day. Orders over {{amount}} are delivered free of charge. Pallets are announced by telephone {{hours}} hours ahead and need a person on site who can sign.
Parcels over {{count}} kilograms are split. Fragile goods such as the {{goods}} travel in double boxes, and damage is reported with photographs within {{hours}} hours, after which the carrier pays nothing. If nobody is there, the parcel waits at the nearest shop for {{days}} days and then returns to {{city}} at the customer's expense of {{smallAmount}}.
An address can be changed until the label is printed; afterwards a redirection costs {{smallAmount}} and delays the parcel by up to {{hours}} hours. A parcel counts as lost after {{days}} days without a scan, and a replacement is sent at once for goods in stock. Islands, {{otherCity}} and addresses behind customs take {{count}} days longer and need form C-{{seats}}, which {{product}} fills in from the order.`,
    questions: [
      [
        "Until what time must an order at {{firm}} be complete to leave the same day?",
        "What is the cut-off for same-day dispatch at {{firm}}?",
        "If I order from {{firm}} today, by when does it have to be placed to go out today?",
        "When is the latest that {{firm}} accepts an order for shipping on that very day?",
        "Same-day shipping with {{firm}}: what is the latest hour?",
      ],
      [
        "After how many days does {{firm}} treat a parcel as lost?",
        "When is a parcel of {{firm}} considered lost?",
        "My {{firm}} parcel has had no scan for a while. From which day on does it count as lost?",
        "How long without tracking events until {{firm}} declares a shipment lost?",
        "What period without a scan makes {{firm}} regard a parcel as missing for good?",
      ],
    ],
  },
  {
    name: "approvals",
    title: "Approval chains in {{product}}",
    body: `An approval chain has up to {{count}} steps. Each step names a person, a role or a rule, such as "budget holder of the cost centre". A step that is not answered within {{hours}} hours reminds its person, after twice that time it goes to the deputy, and after {{days}} days the request is closed as expired and the requester is told. Amounts up to {{amount}} may be approved by one person; above {{largeAmount}} two persons of different departments are needed, and no one may approve their own request at any amount.
Changes of an approved request restart the chain when the amount grows by more than {{percent}} percent or the supplier changes; a new delivery date does not. An approval by mail is valid when it comes from a confirmed address and holds the six-character code of the request. Approvals on the telephone are not valid.
The chain in force when a request was made stays with it, also when the rule is changed later. Owners can test a rule against the requests of the last {{moreDays}} days before switching it on, and see which would have gone another way. The audit log shows who approved what, on whose behalf, from which device, and can be read by auditors for seven years.`,
    questions: [
      [
        "When does an unanswered approval in {{product}} expire?",
        "After how long is a {{product}} request closed because nobody approved it?",
        "My request in {{product}} is not being answered. When will it be closed as expired?",
        "How many days does {{product}} wait for an approval before giving up?",
        "What is the lifetime of a pending approval in {{product}}?",
      ],
      [
        "From what amount do two people have to approve in {{product}}?",
        "Above which sum does {{product}} ask for a second approver?",
        "When is one approval not enough in {{product}}, in terms of money?",
        "What is the threshold for approval by two departments in {{product}}?",
        "Up to which amount does a single approver suffice before {{product}} wants two departments?",
      ],
    ],
  },
];

/** What the model is told when it answers from the help centre. */
export const helpInstructions: string = `You answer questions of customers of Larkspur with the help of the articles below, and with nothing else. Give the answer in one to three sentences, name the article that it comes from in square brackets, and quote figures exactly as they stand there. If the articles contradict each other, prefer the one about the product that the customer names and say that another article differs. If they do not hold the answer, say so and point to support@larkspur.example; never guess.`;

/** What the model is told when it answers from the employee handbook. */
export const handbookInstructions: string = `You are the handbook assistant of Larkspur's people department. Use the pages below only. Answer the employee's question in at most three sentences, in a friendly and plain tone, give figures exactly, and close with the title of the page used. When a rule depends on the office, use the rule of the office that the question names. When the pages do not answer it, say which team to ask.`;
