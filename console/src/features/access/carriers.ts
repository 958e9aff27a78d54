// How each kind of change is carried out once another person approved it or its cooling-off is over. Used by the card of a proposal;
// a kind that the contract knows and this table does not does not compile. The desk checks again whether it may be.
import { get, patch, post, put, type Schemas, type Session } from "../../api/client";

type Proposal = Schemas["Proposal"];
export type ChangeKind = Schemas["ChangeKind"];

interface Carrier {
  right: string; // that carrying it out takes
  byAuthor: boolean; // by nobody but its author
  run: (proposal: Proposal) => Promise<unknown>;
}

type Mode = Session["approval_mode"];
const modeOf = (change: string): Mode => (change.includes("solo") ? "solo" : change.includes("duo") ? "duo" : "two_people");

// The change of a publication is JSON and names its draft.
function draftOf(change: string): string {
  const { draft } = JSON.parse(change) as { draft: string };
  return draft;
}

async function giveRoles(proposal: Proposal): Promise<unknown> {
  const id = proposal.target.replace(/^account:/, "");
  const { version } = await get("/desk/accounts/{id}", { id });
  return patch("/desk/accounts/{id}", { id, body: { version, proposal: proposal.id } });
}

export const carriers: Record<ChangeKind, Carrier> = {
  "policy.publish": { right: "policy.publish", byAuthor: false, run: (one) => post("/desk/policy/drafts/{id}/publish", { id: draftOf(one.change) }) },
  "policy.roll_back": { right: "policy.publish", byAuthor: true, run: (one) => post("/desk/policy/roll-back", { body: { proposal: one.id } }) },
  "list.override": { right: "lists.edit", byAuthor: true, run: (one) => post("/desk/list-changes/{id}/carry-out", { id: one.id }) },
  "roles.grant": { right: "accounts.manage", byAuthor: true, run: giveRoles },
  "settings.approval_mode": {
    right: "settings.manage", byAuthor: true,
    run: (one) => put("/desk/approval-mode", { body: { mode: modeOf(one.change), proposal: one.id } }),
  },
};

// Whether its cooling-off is over: without a second person it can be carried out now.
export const cooled = (proposal: Pick<Proposal, "state" | "cooling_until">, now = new Date()) =>
  proposal.state === "open" && typeof proposal.cooling_until === "string" && new Date(proposal.cooling_until) <= now;

export function mayCarryOut(proposal: Proposal, reader: string, may: (right: string) => boolean, now = new Date()): boolean {
  const carrier = carriers[proposal.kind];
  if (!may(carrier.right) || (carrier.byAuthor && proposal.author !== reader)) return false;
  return proposal.state === "approved" || cooled(proposal, now);
}
