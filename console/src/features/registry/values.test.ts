// Forms of the registry: what is typed and what the desk is sent.
import { expect, test } from "vitest";
import { shapes } from "./shape";
import { bodyOf, minuteOf, minuteText, textOf, valueOf } from "./values";

const field = (kind: keyof typeof shapes, name: string) => {
  const found = shapes[kind].find((one) => one.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};

test("money is typed in yuan and sent in fen", () => {
  const limit = field("merchants", "single_limit");
  expect(valueOf(limit, "12,345.67")).toEqual({ minor: 1234567, currency: "CNY" });
  expect(valueOf(limit, "0.29")).toEqual({ minor: 29, currency: "CNY" });
  expect(valueOf(limit, "12.345")).toBeUndefined();
  expect(valueOf(limit, "-1")).toBeUndefined();
  expect(valueOf(limit, "")).toBeNull();
  expect(textOf(limit, { minor: 500000, currency: "CNY" })).toBe("5000.00");
});

test("a time of day may lie behind midnight, and no further than a day", () => {
  expect(minuteOf("22:30")).toBe(1350);
  expect(minuteOf("26:00")).toBe(1560);
  expect(minuteOf("49:00")).toBeNull();
  expect(minuteOf("9:60")).toBeNull();
  expect(minuteText(1560)).toBe("26:00");
  expect(valueOf(field("merchants", "closes_minute"), "26:00")).toBe(1560);
  expect(valueOf(field("merchants", "opens_minute"), "24:00")).toBeUndefined();
  expect(valueOf(field("merchants", "opens_minute"), "23:59")).toBe(1439);
});

test("a place is a place on earth", () => {
  expect(valueOf(field("merchants", "latitude_e6"), "31.230416")).toBe(31230416);
  expect(valueOf(field("merchants", "latitude_e6"), "-90")).toBe(-90000000);
  expect(valueOf(field("merchants", "latitude_e6"), "90.1")).toBeUndefined();
  expect(valueOf(field("merchants", "longitude_e6"), "180")).toBe(180000000);
  expect(valueOf(field("merchants", "longitude_e6"), "Infinity")).toBeUndefined();
});

test("a change sends what differs, null for what was emptied, and leaves masked members alone", () => {
  const row = { version: 3, name: "王**", status: "active", agent: "A1", code: "R7", phone: "138****1234", note: null };
  const texts = { name: "", status: "left", agent: "A1", code: "", phone: "", note: "" };
  expect(bodyOf(shapes.reps, texts, row).body).toEqual({ status: "left", code: null });
  expect(bodyOf(shapes.reps, { ...texts, status: "active", code: "R7", phone: "13900139000" }, row).body).toEqual({ phone: "13900139000" });
});

test("a new thing sends what was filled in, and says what means nothing", () => {
  expect(bodyOf(shapes.channels, { id: "acq", name: "银行", day_cut_minute: "23:00", note: " " }, null).body).toEqual({ id: "acq", name: "银行", day_cut_minute: 1380 });
  expect(bodyOf(shapes.channels, { id: "acq", name: "银行", day_cut_minute: "late" }, null).wrong).toEqual({ day_cut_minute: "minute" });
});

test("what has to be there is asked for by its field, also when it was emptied", () => {
  expect(bodyOf(shapes.channels, { id: " ", name: "" }, null).wrong).toEqual({ id: "needed", name: "needed" });
  expect(bodyOf(shapes.merchants, { single_limit: "much", latitude_e6: "north", name: "" }, { version: 1, name: "福源" }).wrong)
    .toEqual({ name: "needed", single_limit: "money", latitude_e6: "degrees" });
  expect(bodyOf(shapes.reps, { name: "" }, { version: 1, name: "王**" }).wrong).toEqual({});
});
