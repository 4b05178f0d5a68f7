import {
  cities,
  devices,
  firmStems,
  firmTails,
  firstNames,
  goods,
  hosts,
  integrations,
  lastNames,
  months,
  plans,
  products,
} from "./data/names.ts";
import type { Facts } from "./fill-template.ts";
import type { SeededRandom } from "./seeded-random.ts";

type Maker = (random: SeededRandom) => string;

const from =
  (items: readonly string[]): Maker =>
  (random) =>
    random.pick(items);

const whole =
  (min: number, max: number): Maker =>
  (random) =>
    String(random.integer(min, max));

function thousands(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

/** An amount in euros as people write it, from `min` to `max` whole euros. */
const amount =
  (min: number, max: number): Maker =>
  (random) =>
    `EUR ${thousands(random.integer(min, max))}.${String(random.integer(0, 99)).padStart(2, "0")}`;

const code =
  (prefix: string, digits: number): Maker =>
  (random) =>
    `${prefix}-${random.integer(10 ** (digits - 1), 10 ** digits - 1)}`;

const person: Maker = (random) => `${random.pick(firstNames)} ${random.pick(lastNames)}`;
const firm: Maker = (random) => `${random.pick(firmStems)} ${random.pick(firmTails)}`;
const day: Maker = (random) => `${random.integer(1, 28)} ${random.pick(months)}`;
const host: Maker = (random) => `${random.pick(hosts)}-${random.integer(1, 24)}`;
const time: Maker = (random) =>
  `${String(random.integer(0, 23)).padStart(2, "0")}:${String(random.integer(0, 59)).padStart(2, "0")}`;

/** How each slot of the templates is drawn. */
const makers: Readonly<Record<string, Maker>> = {
  person,
  colleague: person,
  manager: person,
  firm,
  otherFirm: firm,
  product: from(products),
  otherProduct: from(products),
  plan: from(plans),
  city: from(cities),
  otherCity: from(cities),
  goods: from(goods),
  otherGoods: from(goods),
  device: from(devices),
  integration: from(integrations),
  host,
  otherHost: host,
  order: code("LK", 7),
  invoice: code("INV-2026", 5),
  ticket: code("T", 6),
  workspace: (random) => `${random.pick(firmStems).toLowerCase()}-${random.integer(1000, 9999)}`,
  vat: (random) => `NL${random.integer(100_000_000, 999_999_999)}B${random.integer(10, 99)}`,
  amount: amount(12, 900),
  largeAmount: amount(4_000, 480_000),
  smallAmount: amount(2, 40),
  day,
  otherDay: day,
  month: from(months),
  time,
  otherTime: time,
  days: whole(3, 45),
  moreDays: whole(46, 180),
  hours: whole(2, 72),
  minutes: whole(5, 95),
  percent: whole(2, 48),
  smallPercent: (random) => `${random.integer(0, 4)}.${random.integer(1, 9)}`,
  count: whole(3, 60),
  bigCount: (random) => thousands(random.integer(1_200, 96_000)),
  seats: whole(4, 240),
  status: from(["400", "401", "403", "409", "422", "429", "500", "502", "504"]),
  version: (random) => `${random.integer(2, 14)}.${random.integer(0, 19)}.${random.integer(0, 9)}`,
};

function draw(slot: string, random: SeededRandom): string {
  const make = makers[slot];
  if (make === undefined) throw new Error(`no fact for the slot ${slot}`);
  return make(random);
}

/** Facts of one text: each is drawn when it is first asked for and stays the same from then on. */
export function drawFacts(random: SeededRandom): Facts {
  const drawn = new Map<string, string>();
  return (slot) => {
    let fact = drawn.get(slot);
    if (fact === undefined) {
      fact = draw(slot, random);
      drawn.set(slot, fact);
    }
    return fact;
  };
}

/** Facts that are another at every place, but for the `kept` slots, which are those of `facts`. */
export function drawAnew(random: SeededRandom, facts: Facts, kept: readonly string[]): Facts {
  return (slot) => (kept.includes(slot) ? facts(slot) : draw(slot, random));
}
