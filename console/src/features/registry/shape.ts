// What the registry holds of each kind of thing: which members, how they are entered and shown. Used by its lists, pages
// and forms. The contract says the same; the desk checks.
export const kinds = ["merchants", "terminals", "agents", "reps", "settlement-accounts", "persons", "channels"] as const;
export type Kind = (typeof kinds)[number];

export type As = "text" | "long" | "choice" | "money" | "date" | "minute" | "yes" | "ref" | "degrees" | "numbers";
export interface Field {
  name: string;
  as: As;
  word?: string; // of its label, where the member's name says something else here: field.<word>
  of?: Kind; // what a reference points to
  options?: readonly string[];
  words?: string; // of its options: <words>.<option>
  needed?: boolean;
  onlyNew?: boolean;
  personal?: boolean; // comes masked
  most?: number; // of a minute of the day, or of degrees to either side
}

const choice = (name: string, words: string, ...options: string[]): Field => ({ name, as: "choice", words, options });
const text = (name: string): Field => ({ name, as: "text" });
const agent: Field = { name: "agent", as: "ref", of: "agents" };
const merchant: Field = { name: "merchant", as: "ref", of: "merchants" };
const note: Field = { name: "note", as: "long" };
const place: Field[] = [{ name: "latitude_e6", as: "degrees", most: 90 }, { name: "longitude_e6", as: "degrees", most: 180 }];
const lastMinute = 24 * 60 - 1;
const personName: Field = { name: "name", as: "text", word: "person_name", needed: true, personal: true };

export const shapes: Record<Kind, readonly Field[]> = {
  agents: [
    { ...text("name"), needed: true }, choice("status", "status", "active", "suspended", "exited"), text("code"),
    { name: "parent", as: "ref", of: "agents" }, text("filing_number"),
    choice("filing_state", "filing_state", "none", "applied", "filed", "lapsed"), { name: "filing_until", as: "date" },
    text("region"), { name: "contact", as: "ref", of: "persons" }, note,
  ],
  reps: [personName, choice("status", "status", "active", "left"), agent, text("code"), { ...text("phone"), personal: true }, note],
  merchants: [
    { ...text("name"), needed: true }, text("short_name"), choice("status", "status", "pending", "active", "suspended", "closing", "closed"),
    choice("kind", "kind", "company", "sole_trader", "micro"), agent, text("uscc"), text("mcc"),
    choice("risk_tier", "risk_tier", "high", "medium", "low"), { name: "numbers", as: "numbers" }, text("region"), text("city"),
    text("address"), ...place, { name: "opens_minute", as: "minute", most: lastMinute }, { name: "closes_minute", as: "minute" },
    { name: "single_limit", as: "money" }, { name: "daily_limit", as: "money" }, { name: "monthly_limit", as: "money" },
    { name: "declared_daily", as: "money" }, { name: "price_list", as: "yes" }, { name: "promotion_until", as: "date" },
    { name: "verified_at", as: "date" }, { name: "boarded_at", as: "date" }, { name: "rep", as: "ref", of: "reps" },
    { name: "legal_person", as: "ref", of: "persons" }, { name: "contact", as: "ref", of: "persons" },
    { name: "settlement_account", as: "ref", of: "settlement-accounts" }, note,
  ],
  terminals: [
    { name: "id", as: "text", word: "serial", needed: true, onlyNew: true },
    choice("status", "status", "stock", "active", "suspended", "lost", "recovered", "scrapped"), merchant, agent,
    text("tid"), text("tusn"), text("model"), choice("kind", "kind", "network_pos", "mobile_pos", "smart_pos", "qr_box", "soft_pos"),
    text("address"), ...place, { name: "activated_at", as: "date" }, note,
  ],
  "settlement-accounts": [
    { ...text("number"), word: "account_number", needed: true, personal: true }, { ...text("holder"), needed: true, personal: true },
    choice("status", "status", "active", "closed"), choice("kind", "kind", "company", "personal"), text("bank"), merchant, agent,
    { name: "same_name", as: "yes" }, note,
  ],
  persons: [
    personName, choice("status", "status", "active", "retired"), agent, { ...text("phone"), personal: true },
    choice("identity_kind", "identity_kind", "resident", "passport", "other"), { ...text("identity_number"), personal: true }, note,
  ],
  channels: [
    { name: "id", as: "text", word: "word", needed: true, onlyNew: true }, { ...text("name"), needed: true },
    choice("status", "status", "active", "closed"), text("acquirer"), { name: "day_cut_minute", as: "minute", most: lastMinute }, note,
  ],
};

// The desk's word for one of them ("settlement_account") and the console's ("settlement-accounts").
export function kindOf(entity: string): Kind | null {
  const name = `${entity.replaceAll("_", "-")}s`;
  return kinds.find((kind) => kind === name) ?? null;
}
export function entityOf(kind: Kind): string {
  return kind.replaceAll("-", "_").slice(0, -1);
}

export type Row = Record<string, unknown>;

// How a thing is called: its name where it has one, else its number.
export function nameOf(row: Row): string {
  for (const member of ["name", "short_name", "holder"]) {
    const value = row[member];
    if (typeof value === "string" && value !== "") return value;
  }
  return String(row.id);
}

export function pathTo(kind: Kind, id: string): string {
  return `/${kind}/${encodeURIComponent(id)}`;
}
