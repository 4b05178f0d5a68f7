/** A clause of a contract between {{firm}} and {{otherFirm}}; both stay the same in one contract, all other facts are drawn anew. */
export interface Clause {
  readonly heading: string;
  readonly text: string;
}

/** Clauses that the contracts of the workload are put together from. Our own wording; of no legal worth. */
export const contractClauses: readonly Clause[] = [
  {
    heading: "Subject",
    text: "{{firm}} (the Supplier) provides {{product}} to {{otherFirm}} (the Customer) for up to {{seats}} named persons, together with the documentation in English and support on working days between {{time}} and {{otherTime}}. Adaptations are agreed in writing and priced by effort. Persons may be exchanged at any time, and the number may be raised with {{days}} days of notice.",
  },
  {
    heading: "Term and renewal",
    text: "The contract begins on {{day}} and runs for {{count}} months. It is prolonged by twelve months at a time unless a party gives notice in text form {{moreDays}} days before the end. The Supplier reminds the Customer of this date at least {{moreDays}} days ahead; if the reminder is missing, the Customer may leave at the end of any month.",
  },
  {
    heading: "Fees and payment",
    text: "The fee is {{largeAmount}} a year, payable in advance within {{days}} days of the invoice. Default interest is {{smallPercent}} percent a month. The Supplier may raise the fee once a year by up to {{percent}} percent or the index of consumer prices, whichever is lower, with {{moreDays}} days of notice, in which the Customer may terminate. Disputed amounts of over {{amount}} may be held back until they are settled.",
  },
  {
    heading: "Availability",
    text: "The Supplier keeps the system available for 99.{{count}} percent of a calendar month, without maintenance that was announced {{hours}} hours before. For each further {{minutes}} minutes of outage the Customer is credited {{percent}} percent of the monthly fee, up to the whole of it. Credits are due without a claim and are set off against the next invoice.",
  },
  {
    heading: "Liability",
    text: "Each party is liable without limit for intent, gross negligence and injury to persons. In all other cases liability is limited to {{largeAmount}} per year of the contract and excludes loss of profit, unless an essential duty was breached. The limit does not apply to the indemnity for infringed rights nor to breaches of confidentiality that concern personal data of more than {{bigCount}} people.",
  },
  {
    heading: "Confidentiality",
    text: "What a party learns of the other and what is marked confidential, or is so by its nature, is used for this contract only and kept for {{count}} years after its end. Employees and subcontractors are bound in the same way. Disclosure ordered by a court is allowed after the other party was told, where the law permits telling it. Each breach costs a penalty of {{largeAmount}}, against which damages are counted.",
  },
  {
    heading: "Personal data",
    text: "The Supplier processes personal data on instruction only, in {{city}} and {{otherCity}}, and informs the Customer of any breach within {{hours}} hours of becoming aware of it. Subprocessors are announced {{days}} days before they start, and the Customer may object for good reason. At the end of the contract all data is returned in a common format and deleted within {{moreDays}} days, backups included, which the Supplier confirms.",
  },
  {
    heading: "Audit",
    text: "Once a year, and after each breach, the Customer or an auditor bound to secrecy may inspect the Supplier's premises and records with {{days}} days of notice. Each party bears its own cost up to {{amount}}; if the audit shows a serious fault, the Supplier bears both. Reports of recognised certification bodies that are less than {{moreDays}} days old may take the place of an inspection.",
  },
  {
    heading: "Intellectual property",
    text: "All rights in {{product}} stay with the Supplier. The Customer receives a right of use for the term that cannot be transferred, with the exception of affiliated firms. Rights in reports that the Customer makes with it belong to the Customer. Suggestions may be used by the Supplier without payment. Software under open licences is listed in annex {{count}} with its licence texts.",
  },
  {
    heading: "Termination for cause",
    text: "Either party may terminate without notice if the other breaches an essential duty and does not mend it within {{days}} days of a warning, is insolvent, or passes under the control of a competitor. Fees paid for the time after the end are refunded unless the Customer gave the cause. Availability under the agreed level in {{count}} months of a year counts as such a breach.",
  },
  {
    heading: "Exit assistance",
    text: "For {{moreDays}} days after the end the Supplier helps with the move to another provider at the rates of annex {{count}}, at least {{hours}} hours a week, and keeps read access open. Export files hold every record with its history. The Supplier names a person in charge, at present {{person}}, and does not make the help depend on the settlement of disputed invoices under {{largeAmount}}.",
  },
  {
    heading: "Subcontractors",
    text: "The Supplier may use subcontractors for hosting and second-level support. They are listed in annex {{count}}; at the signing these are {{seats}} firms. The Supplier answers for them as for itself. Those outside the economic area need the Customer's prior consent and standard clauses. A subcontractor that was refused must be replaced within {{moreDays}} days, or the Customer may terminate in part.",
  },
  {
    heading: "Force majeure",
    text: "Events outside the control of a party free it from its duties for as long as they last, if it tells the other within {{hours}} hours and does what is reasonable to limit the effects. Strikes in its own works, failures of its suppliers and attacks that a current patch would have prevented are no such events. After {{moreDays}} days each party may end the contract.",
  },
  {
    heading: "Insurance",
    text: "The Supplier keeps a liability insurance with cover of at least {{largeAmount}} per case and twice that a year, including damage from the loss of data, and shows a certificate within {{days}} days of being asked. If cover lapses the Customer may hold back payments until it is restored. Deductibles of more than {{amount}} are announced beforehand.",
  },
  {
    heading: "Changes of the service",
    text: "The Supplier may develop {{product}} further so long as agreed functions stay. A function is withdrawn with {{moreDays}} days of notice and only if an equal one exists. Changes of interfaces are announced {{moreDays}} days ahead, and the old version works in parallel for {{days}} days. If a change makes the use substantially worse, the Customer may terminate to the date of the change.",
  },
  {
    heading: "Acceptance",
    text: "Adaptations are accepted within {{days}} days of delivery on the basis of the test cases in annex {{count}}. Faults are sorted in three classes; with a fault of the first class or more than {{count}} of the second, acceptance may be refused. Productive use for longer than {{days}} days counts as acceptance. A second failed acceptance entitles the Customer to withdraw from the adaptation.",
  },
  {
    heading: "Non-solicitation",
    text: "For the term and {{count}} months after it neither party actively hires employees of the other who worked on this contract. General advertisements are not meant. A breach costs {{largeAmount}} for each person. The rule does not apply to people who were given notice by their employer, nor between affiliated firms.",
  },
  {
    heading: "Export control",
    text: "The Customer does not use {{product}} in countries or for persons that are under sanctions and checks its users against the lists every {{days}} days. The Supplier may block access at once when a list names a user and tells the Customer within {{hours}} hours. Fees are not refunded for such a block. Dual-use questions are sent to {{manager}}.",
  },
  {
    heading: "Disputes",
    text: "The parties first try to settle a dispute between {{person}} and {{colleague}}, then before a mediator in {{city}}, each for at most {{days}} days. After that the courts of {{otherCity}} decide. Measures that cannot wait may be sought at any time. The law of the Supplier's seat applies without its conflict rules and without the UN sales convention.",
  },
  {
    heading: "Benchmarking",
    text: "From month {{count}} on, the Customer may have the fees compared with those of {{count}} similar suppliers by an independent adviser. If they are more than {{percent}} percent above the middle, the Supplier offers a lower fee within {{days}} days or the Customer may end the contract with {{moreDays}} days of notice. The cost of {{amount}} is shared.",
  },
];

/** The rules that a compliance check holds a text against. */
export const complianceRules: readonly string[] = [
  "R1 Limit of liability: not below {{largeAmount}} per year, none for personal data. Otherwise escalate to {{manager}}.",
  "R2 Breach notification: at most {{hours}} hours. Longer periods are refused without exception.",
  "R3 Place of processing: only {{city}}, {{otherCity}} or a country with an adequacy decision; anything else needs the consent of the data protection officer.",
  "R4 Renewal: no automatic renewal of more than twelve months, notice period of at most {{moreDays}} days.",
  "R5 Price increases: at most {{smallPercent}} percent a year or a right to terminate.",
  "R6 Audit: a right to audit at least once a year with no more than {{days}} days of notice.",
  "R7 Exit: read access for at least {{days}} days after the end and an export in a common format.",
  "R8 Insurance: cover of at least {{largeAmount}} with a certificate that is not older than {{moreDays}} days.",
  "R9 Sanctions: an obligation to screen users at least every {{days}} days.",
  "R10 Beneficial owners above {{percent}} percent are identified with a document and a second source; politically exposed persons need the approval of {{manager}}.",
  "R11 Cash payments above {{amount}} and chains of payments that together exceed it within {{days}} days are reported.",
  "R12 Documents are kept for {{count}} years from the end of the relation and are never shortened or summarised for the file.",
];

/** Findings in a file about a new customer, for the know-your-customer checks. */
export const customerFileEntries: readonly string[] = [
  "{{day}}: extract of the company register of {{firm}}, {{city}}, number {{order}}; managing director {{person}}, sole power of signature; capital {{largeAmount}}.",
  "{{day}}: beneficial owner according to own statement: {{colleague}}, {{percent}} percent, resident in {{otherCity}}; remaining shares with {{otherFirm}}, a holding without employees.",
  "{{day}}: identity card of {{person}} seen in a video call at {{time}}, number {{ticket}}, valid for another {{count}} months; the lighting of the reverse was poor and the check was repeated at {{otherTime}}.",
  '{{day}}: account statement shows {{count}} incoming payments between {{smallAmount}} and {{amount}} from {{otherFirm}}, reference text "{{goods}}", each on the last working day of the month.',
  "{{day}}: one payment of {{largeAmount}} from an account in {{otherCity}} that was opened {{days}} days before; the customer explains it with the sale of a machine and sends invoice {{invoice}}.",
  "{{day}}: screening against sanction lists: no hit for {{firm}}; a partial hit for {{colleague}} (same name, other year of birth), closed by {{manager}} with a note.",
  "{{day}}: press search: an article of {{month}} mentions {{otherFirm}} in connection with an investigation of undeclared work in {{city}}; outcome unknown.",
  "{{day}}: the customer's purpose is trade in {{goods}} and {{otherGoods}}; expected turnover {{largeAmount}} a year, {{percent}} percent in cash.",
  "{{day}}: visit to the premises in {{city}} by {{manager}}: sign on the door, {{count}} employees present, stock plausible for the stated turnover.",
  "{{day}}: the tax number {{vat}} was confirmed by the authority; the address differs from the register in the number of the house, which the customer will have corrected by {{otherDay}}.",
  "{{day}}: change of bank details by mail; call back on the number in the file reached {{person}} after {{count}} attempts, who confirmed it.",
  "{{day}}: credit note of {{amount}} to a private account of {{colleague}}; explained as repayment of an advance, receipt is to follow within {{days}} days.",
];
