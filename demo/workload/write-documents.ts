import { contractClauses, customerFileEntries } from "./data/contracts.ts";
import { incidentActions, incidentEntries } from "./data/incidents.ts";
import { meetingTopics, meetingTransitions } from "./data/meetings.ts";
import { drawAnew, drawFacts } from "./draw-facts.ts";
import { fillTemplate, type Facts } from "./fill-template.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** Adds pieces until the text has about `letters` letters; `next` gives the piece of that index. */
function grow(letters: number, next: (index: number) => string): string {
  const pieces: string[] = [];
  for (let size = 0; size < letters; size += (pieces.at(-1)?.length ?? 0) + 1) pieces.push(next(pieces.length));
  return pieces.join("\n");
}

/** Pieces in an order without repeats until all were used, then in another order. */
function cycle<Piece>(pieces: readonly Piece[], random: SeededRandom): (index: number) => Piece {
  let order: Piece[] = [];
  return (index) => {
    if (index % pieces.length === 0) order = random.shuffle(pieces);
    return order[index % pieces.length] as Piece;
  };
}

/** Minutes of a meeting, word for word, of about `letters` letters. */
export function writeMinutes(random: SeededRandom, letters: number): string {
  const facts = drawFacts(random);
  const speakers = Array.from({ length: 5 }, () => drawFacts(random)("person"));
  const header = `Meeting of the ${facts("city")} office, ${facts("day")}, ${facts("time")}. Present: ${speakers.join(", ")}.`;
  const nextTopic = cycle(meetingTopics, random);
  const body = grow(letters - header.length, (index) => {
    const topic = nextTopic(index);
    // One subject has its own firms, amounts and dates, so that its turns belong together.
    const topicFacts = drawFacts(random);
    const turns = topic.turns.map((turn) => `${random.pick(speakers)}: ${fillTemplate(turn, topicFacts)}`);
    const transition = fillTemplate(random.pick(meetingTransitions), drawFacts(random));
    return `\n${index + 1}. ${topic.title}\n${turns.join("\n")}\n${speakers[0]}: ${transition}`;
  });
  return `${header}\n${body}`;
}

function clock(minutes: number): string {
  const hour = Math.floor(minutes / 60) % 24;
  return `${String(hour).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

/** A report on an incident: timeline and actions, of about `letters` letters. */
export function writeIncident(random: SeededRandom, letters: number): string {
  const facts = drawFacts(random);
  const header = `Incident ${facts("ticket")}: ${facts("product")} degraded for ${facts("percent")} percent of calls in ${facts("city")}, ${facts("day")}. Written by ${facts("person")}.`;
  const nextEntry = cycle(incidentEntries, random);
  let minutes = random.integer(0, 1_200);
  const timeline = grow(letters - header.length - 900, (index) => {
    minutes += random.integer(1, 19);
    const entry = drawFacts(random);
    const timed: Facts = (slot) => (slot === "time" ? clock(minutes) : entry(slot));
    return fillTemplate(nextEntry(index), timed);
  });
  const actions = random.shuffle(incidentActions).slice(0, 6);
  const list = actions.map((action) => `- ${fillTemplate(action, drawFacts(random))}`);
  return `${header}\n\nTimeline\n${timeline}\n\nActions\n${list.join("\n")}`;
}

/** A contract of about `letters` letters between two firms. */
export function writeContract(random: SeededRandom, letters: number): string {
  const parties = drawFacts(random);
  const facts = drawAnew(random, parties, ["firm", "otherFirm", "product"]);
  const header = `Agreement ${parties("order")} between ${parties("firm")}, ${parties("city")}, and ${parties("otherFirm")}, ${parties("otherCity")}`;
  const nextClause = cycle(contractClauses, random);
  const body = grow(letters - header.length, (index) => {
    const clause = nextClause(index);
    const part = index < contractClauses.length ? "" : ` (annex ${Math.floor(index / contractClauses.length)})`;
    return `${index + 1}. ${clause.heading}${part}\n${fillTemplate(clause.text, facts)}`;
  });
  return `${header}\n\n${body}`;
}

/** A file about a new customer, of about `letters` letters. */
export function writeCustomerFile(random: SeededRandom, letters: number): string {
  const facts = drawFacts(random);
  const entryFacts = drawAnew(random, facts, ["firm", "person", "colleague", "city"]);
  const header = `Customer file ${facts("ticket")}: ${facts("firm")}, ${facts("city")}; opened by ${facts("manager")}`;
  const nextEntry = cycle(customerFileEntries, random);
  const body = grow(letters - header.length, (index) => fillTemplate(`${index + 1}. ${nextEntry(index)}`, entryFacts));
  return `${header}\n\n${body}`;
}
