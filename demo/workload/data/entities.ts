/** A kind of record that the code of the workload is about. */
export interface Entity {
  readonly name: string;
  readonly plural: string;
  /** Field names with their TypeScript types. The first number is what sums are made of. */
  readonly fields: readonly (readonly [string, "string" | "number" | "boolean" | "Date"])[];
}

/** Records of the invented firm's systems. */
export const entities: readonly Entity[] = [
  {
    name: "invoice",
    plural: "invoices",
    fields: [
      ["customer", "string"],
      ["amountCents", "number"],
      ["dueOn", "Date"],
      ["paid", "boolean"],
      ["currency", "string"],
    ],
  },
  {
    name: "parcel",
    plural: "parcels",
    fields: [
      ["trackingCode", "string"],
      ["weightGrams", "number"],
      ["scannedAt", "Date"],
      ["fragile", "boolean"],
      ["depot", "string"],
    ],
  },
  {
    name: "booking",
    plural: "bookings",
    fields: [
      ["room", "string"],
      ["guests", "number"],
      ["startsAt", "Date"],
      ["confirmed", "boolean"],
      ["channel", "string"],
    ],
  },
  {
    name: "shift",
    plural: "shifts",
    fields: [
      ["employee", "string"],
      ["minutes", "number"],
      ["beganAt", "Date"],
      ["approved", "boolean"],
      ["site", "string"],
    ],
  },
  {
    name: "claim",
    plural: "claims",
    fields: [
      ["policy", "string"],
      ["lossCents", "number"],
      ["reportedAt", "Date"],
      ["disputed", "boolean"],
      ["adjuster", "string"],
    ],
  },
  {
    name: "reading",
    plural: "readings",
    fields: [
      ["meter", "string"],
      ["wattHours", "number"],
      ["takenAt", "Date"],
      ["estimated", "boolean"],
      ["tariff", "string"],
    ],
  },
  {
    name: "voucher",
    plural: "vouchers",
    fields: [
      ["code", "string"],
      ["valueCents", "number"],
      ["expiresOn", "Date"],
      ["redeemed", "boolean"],
      ["campaign", "string"],
    ],
  },
  {
    name: "repair",
    plural: "repairs",
    fields: [
      ["device", "string"],
      ["costCents", "number"],
      ["receivedAt", "Date"],
      ["underWarranty", "boolean"],
      ["technician", "string"],
    ],
  },
  {
    name: "subscription",
    plural: "subscriptions",
    fields: [
      ["workspace", "string"],
      ["seats", "number"],
      ["renewsOn", "Date"],
      ["cancelled", "boolean"],
      ["plan", "string"],
    ],
  },
  {
    name: "transfer",
    plural: "transfers",
    fields: [
      ["iban", "string"],
      ["cents", "number"],
      ["bookedAt", "Date"],
      ["reversed", "boolean"],
      ["reference", "string"],
    ],
  },
  {
    name: "harvest",
    plural: "harvests",
    fields: [
      ["parcelOfLand", "string"],
      ["kilograms", "number"],
      ["weighedAt", "Date"],
      ["organic", "boolean"],
      ["grade", "string"],
    ],
  },
  {
    name: "lesson",
    plural: "lessons",
    fields: [
      ["teacher", "string"],
      ["pupils", "number"],
      ["startsAt", "Date"],
      ["online", "boolean"],
      ["subject", "string"],
    ],
  },
];
