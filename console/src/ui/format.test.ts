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
  expect(moneyText({ minor: 1234567, currency: "JPY" })).toBe("1,234,567 JPY");
  expect(moneyText({ minor: 1234567, currency: "KWD" })).toBe("1,234.567 KWD");
  expect(moneyText({ minor: 0, currency: "??" })).toBe("0.00 ??");
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

test("no word is kept that no page says", () => {
  const sources = Object.values(import.meta.glob("../**/*.tsx", { query: "?raw", import: "default", eager: true })) as string[];
  const text = `${sources.join("\n")}\n${severityKey.toString()}`;
  // Keys that are put together at run time: say(`alerts.state.${state}`).
  const made = ["alerts.state.", "alerts.order.", "proposals.state.", "accounts.state.", "first.", "nav.", "alert.", "severity."];
  const unused = Object.keys(zh).filter((key) => !text.includes(`"${key}"`) && !made.some((start) => key.startsWith(start)));
  expect(unused).toEqual([]);
});

test("a query leaves out what is not asked", () => {
  expect(queryText({ state: "open", q: "", cursor: null, limit: 5, x: undefined })).toBe("?state=open&limit=5");
  expect(queryText({})).toBe("");
});
