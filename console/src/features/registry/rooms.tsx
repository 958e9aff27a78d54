// What the shell loads when the registry is first opened: list, page, and the two forms, for each kind of thing. A kind is
// its own component, so that going from one to another begins anew.
import type { ComponentType } from "react";
import { EntityPage } from "./entity";
import { EditEntityPage, NewEntityPage } from "./form";
import { EntityListPage } from "./list";
import { type Kind, kinds } from "./shape";

function each(page: ComponentType<{ kind: Kind }>): Record<Kind, ComponentType> {
  const Page = page;
  return Object.fromEntries(kinds.map((kind) => [kind, () => <Page key={kind} kind={kind} />])) as unknown as Record<Kind, ComponentType>;
}

export const lists = each(EntityListPage);
export const pages = each(EntityPage);
export const makers = each(NewEntityPage);
export const editors = each(EditEntityPage);
