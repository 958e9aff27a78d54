// What follows upon another of the same kind is counted in one line; what has something of its own to say keeps its line.
import { expect, test } from "vitest";
import { folded } from "./audit";

type Act = Parameters<typeof folded>[0][number];
const act = (number: number, kind: string, subject: string, more: Partial<Act> = {}): Act => ({
  act: number, at: "2026-07-03T06:05:00.000Z", kind, actor: "acc_1", sign_in: "chen", subject, detail: null, reason: null, sequence: number, refusal: null, ...more,
});

test("labels of one verdict are one line, and nothing is lost", () => {
  const items = [act(9, "alert.labelled", "alert:a"), act(8, "alert.labelled", "alert:a"), act(7, "alert.labelled", "alert:b"),
    act(6, "alert.judged", "alert:b"), act(5, "alert.labelled", "alert:b", { refusal: "no" }), act(4, "alert.labelled", "alert:b", { detail: { why: 1 } })];
  const rows = folded(items);
  expect(rows.map((row) => [row.act.act, row.count])).toEqual([[9, 2], [7, 1], [6, 1], [5, 1], [4, 1]]);
  expect(rows.reduce((sum, row) => sum + row.count, 0)).toBe(items.length);
});
