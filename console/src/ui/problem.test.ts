// Refusals in words: by their type, with the names of fields, in the reader's language.
import { expect, test } from "vitest";
import { Problem } from "../api/client";
import { faultAt, tellProblem } from "./problem";

const conflict = new Problem(409, { type: "urn:tillwatch:problem:conflict", title: "x", status: 409, detail: "it is at version 4" }, null);
const broken = new Problem(422, {
  type: "urn:tillwatch:problem:rule-broken", title: "x", status: 422, detail: "a merchant category code has four digits",
  errors: [{ pointer: "/mcc", detail: "a merchant category code has four digits" }],
}, null);

test("a refusal is told by its type, in Chinese without English", () => {
  expect(tellProblem(conflict, "zh").words).toContain("别人刚刚改过");
  expect(tellProblem(conflict, "zh").original).toEqual(["it is at version 4"]);
  expect(tellProblem(conflict, "en").words).toBe("it is at version 4");
});

test("a fault has the name of its field", () => {
  expect(tellProblem(broken, "zh").faults).toEqual([{ pointer: "/mcc", field: "商户类别码", words: "商户类别码为 4 位数字" }]);
  expect(tellProblem(broken, "zh").original).toEqual([]);
  expect(faultAt(broken, "/mcc", "en")).toBe("a merchant category code has four digits");
  expect(faultAt(broken, "/name", "zh")).toBeNull();
});

test("what is no refusal is a server out of reach", () => {
  expect(tellProblem(new TypeError("fetch failed"), "zh").words).toContain("连不上服务器");
});
