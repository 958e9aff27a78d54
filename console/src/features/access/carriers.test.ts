// What was approved, or has cooled off, can be carried out from the page, whatever its kind.
import { afterEach, expect, test, vi } from "vitest";
import contract from "../../../../contracts/openapi.yaml?raw";
import type { Schemas } from "../../api/client";
import { type ChangeKind, carriers, mayCarryOut } from "./carriers";

const kinds = /ChangeKind: \{type: string, enum: \[([^\]]+)\]\}/.exec(contract)?.[1]?.split(", ") as ChangeKind[];
const proposal = (kind: ChangeKind, more: Partial<Schemas["Proposal"]> = {}): Schemas["Proposal"] => ({
  id: "prp_1", version: 1, kind, target: "account:acc_2", hash: "h", reason: "why", state: "open", author: "acc_1",
  made_at: "2026-07-01T00:00:00.000Z", expires_at: "2026-07-08T00:00:00.000Z", cooling_until: "2026-07-02T00:00:00.000Z",
  target_version: "1", change: '{"draft":"drf_7"}', ...more,
});
const everything = () => true;
const before = new Date("2026-07-01T23:59:59.000Z");
const after = new Date("2026-07-02T00:00:00.000Z");

afterEach(() => vi.unstubAllGlobals());

test("every kind of change of the contract can be carried out", () => {
  expect(kinds.length).toBeGreaterThan(4);
  expect(Object.keys(carriers).sort()).toEqual([...kinds].sort());
  for (const kind of kinds) {
    expect(mayCarryOut(proposal(kind), "acc_1", everything, after), kind).toBe(true);
    expect(mayCarryOut(proposal(kind), "acc_1", everything, before), kind).toBe(false);
    expect(mayCarryOut(proposal(kind, { state: "approved" }), "acc_1", everything, before), kind).toBe(true);
    expect(mayCarryOut(proposal(kind, { state: "consumed" }), "acc_1", everything, after), kind).toBe(false);
    expect(mayCarryOut(proposal(kind, { cooling_until: null }), "acc_1", everything, after), kind).toBe(false);
    expect(mayCarryOut(proposal(kind), "acc_1", () => false, after), kind).toBe(false);
  }
});

test("what is its author's to carry out is offered to nobody else", () => {
  expect(mayCarryOut(proposal("roles.grant"), "acc_9", everything, after)).toBe(false);
  expect(mayCarryOut(proposal("policy.publish"), "acc_9", everything, after)).toBe(true);
});

test("each asks the desk for what it is", async () => {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (address: string, wish: { method: string; body?: string }) => {
    asked.push(`${wish.method} ${address} ${wish.body ?? ""}`);
    return Promise.resolve(new Response('{"version":4}', { status: 200 }));
  });
  for (const kind of kinds) await carriers[kind].run(proposal(kind, kind === "settings.approval_mode" ? { change: "solo" } : {}));
  expect(asked.map((one) => one.trim()).sort()).toEqual([
    "GET /desk/accounts/acc_2",
    'PATCH /desk/accounts/acc_2 {"version":4,"proposal":"prp_1"}',
    "POST /desk/list-changes/prp_1/carry-out",
    "POST /desk/policy/drafts/drf_7/publish",
    'POST /desk/policy/roll-back {"proposal":"prp_1"}',
    'PUT /desk/approval-mode {"mode":"solo","proposal":"prp_1"}',
  ]);
});
