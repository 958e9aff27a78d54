// Formats and catalogues: what a reader would notice first if it were wrong.
import { expect, test } from "vitest";
import { queryText } from "../api/client";
import { en } from "../locales/en";
import { fill } from "../locales/words";
import { zh } from "../locales/zh";
import { moneyText, severityKey, timeText } from "./format";

test("money has groups, two places and its unit", () => {
  expect(moneyText({ minor: 1234567, currency: "CNY" })).toBe("12,345.67 元");
  expect(moneyText({ minor: 5, currency: "CNY" })).toBe("0.05 元");
  expect(moneyText({ minor: -123456789, currency: "USD" })).toBe("-1,234,567.89 USD");
});

test("times are written to the minute, and what is no time is nothing", () => {
  expect(timeText("2026-07-03T06:05:00.000Z")).toMatch(/^2026-07-0[234] \d\d:05$/);
  expect(timeText(null)).toBe("");
  expect(timeText("soon")).toBe("");
});

test("severity has a word for every grade", () => {
  expect([0, 1, 2, 3, 4, 9].map(severityKey)).toEqual([
    "severity.1", "severity.1", "severity.2", "severity.3", "severity.4", "severity.4",
  ]);
});

test("both catalogues say the same, with the same holes", () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
  for (const key of Object.keys(zh) as (keyof typeof zh)[]) {
    const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    expect(holes(en[key]), key).toEqual(holes(zh[key]));
    expect(en[key].trim(), key).not.toBe("");
  }
  expect(fill("{a} of {b}", { a: 1 })).toBe("1 of {b}");
});

test("a query leaves out what is not asked", () => {
  expect(queryText({ state: "open", q: "", cursor: null, limit: 5, x: undefined })).toBe("?state=open&limit=5");
  expect(queryText({})).toBe("");
});
