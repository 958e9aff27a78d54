// What is asked of the registry, for every kind by one name. Used by its lists, pages and forms.
import { get, patch, post, type Schemas } from "../../api/client";
import type { Kind, Row } from "./shape";

export interface Page {
  items: Row[];
  next: string | null;
}
export const list = (kind: Kind, query: Record<string, string>) => get(`/desk/${kind}`, { query }) as Promise<Page>;
export const one = (kind: Kind, id: string) => get(`/desk/${kind}/{id}`, { id }) as Promise<Row>;
export const history = (kind: Kind, id: string, cursor: string): Promise<Schemas["DeskHistory"]> =>
  get(`/desk/${kind}/{id}/history`, { id, query: { cursor } });

// The members of a body were put together from the form's table; the desk checks each.
export const make = (kind: Kind, body: Row): Promise<Schemas["DeskWritten"]> =>
  post(`/desk/${kind}`, { body: body as never, query: { wait: "effective" } });
export const change = (kind: Kind, id: string, body: Row): Promise<Schemas["DeskWritten"]> =>
  patch(`/desk/${kind}/{id}`, { id, body: body as never, query: { wait: "effective" } });

export const revealable = ["reps", "persons", "settlement-accounts"] as const;
export type Revealable = (typeof revealable)[number];
export const reveal = (kind: Revealable, id: string, reason: string) =>
  post(`/desk/${kind}/{id}/reveal`, { id, body: { reason } }) as Promise<Row>;
