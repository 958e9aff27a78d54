// Members of registered things as texts of a form and back. Used by the form and the page of a thing. Pure.
import type { Money } from "../../ui/format";
import type { Field } from "./shape";

export function minuteText(minute: number): string {
  const two = (value: number) => value.toString().padStart(2, "0");
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

// "22:30" -> 1350; "26:00" is two in the morning after. Null: no such time.
export function minuteOf(text: string, most = 2880): number | null {
  const found = /^(\d{1,2}):(\d\d)$/.exec(text.trim());
  if (found === null) return null;
  const minute = Number(found[1]) * 60 + Number(found[2]);
  return Number(found[2]) < 60 && minute <= most ? minute : null;
}

export function dayText(time: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return "";
  const two = (value: number) => value.toString().padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

// A member as the form's text.
export function textOf(field: Field, value: unknown): string {
  if (value === null || value === undefined) return "";
  switch (field.as) {
    case "money":
      return ((value as Money).minor / 100).toFixed(2);
    case "date":
      return dayText(String(value));
    case "minute":
      return minuteText(Number(value));
    case "degrees":
      return (Number(value) / 1e6).toString();
    case "numbers":
      return JSON.stringify(value);
    default:
      return String(value);
  }
}

// The form's text as a member; undefined where the text means nothing.
export function valueOf(field: Field, text: string): unknown {
  const plain = text.trim();
  if (field.as === "numbers") return JSON.parse(text === "" ? "[]" : text);
  if (plain === "") return null;
  switch (field.as) {
    case "money": {
      const amount = /^\d{1,10}(\.\d{1,2})?$/.test(plain.replaceAll(",", "")) ? Number(plain.replaceAll(",", "")) : Number.NaN;
      return Number.isNaN(amount) ? undefined : { minor: Math.round(amount * 100), currency: "CNY" };
    }
    case "date": {
      const at = new Date(`${plain}T00:00:00`);
      return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
    }
    case "minute":
      return minuteOf(plain, field.most) ?? undefined;
    case "degrees": {
      const degrees = Number(plain);
      return !(Math.abs(degrees) <= (field.most ?? 180)) ? undefined : Math.round(degrees * 1e6);
    }
    case "yes":
      return plain === "true";
    default:
      return plain;
  }
}

// Why a text cannot be sent: nothing where something has to stand, or what its kind does not mean (wrong.<fault>).
export type Fault = "needed" | "money" | "date" | "minute" | "degrees";
const kindsWithFaults: readonly string[] = ["money", "date", "minute", "degrees"] satisfies Fault[];
const faultOf = (field: Field): Fault => (kindsWithFaults.includes(field.as) ? (field.as as Fault) : "needed");

// What the desk is sent: all that was filled in of a new thing; of an old one what differs from what was read. Nothing may be
// sent while a member is wrong.
export function bodyOf(fields: readonly Field[], texts: Record<string, string>, row: Record<string, unknown> | null) {
  const body: Record<string, unknown> = {};
  const wrong: Record<string, Fault> = {};
  for (const field of fields) {
    if (row !== null && field.onlyNew) continue;
    const text = texts[field.name] ?? "";
    // A masked member comes as ****: what was left empty stays as it is.
    if (row !== null && (field.personal ? text.trim() === "" : text === textOf(field, row[field.name]))) continue;
    if (text.trim() === "" && field.needed) wrong[field.name] = "needed";
    if (row === null && text.trim() === "") continue;
    const value = valueOf(field, text);
    if (value === undefined) wrong[field.name] = faultOf(field);
    else body[field.name] = value;
  }
  return { body, wrong };
}
