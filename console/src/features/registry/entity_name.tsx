// A registered thing by its name where the reader may see it, else by the end of its number. Used by the pages of accounts, of changes
// and of the access review, which name agents, and by the history of a registered thing.
import { useQuery } from "@tanstack/react-query";
import { useSession } from "../../ui/session";
import { shortId } from "../../ui/subject";
import { one } from "./ask";
import { type Kind, nameOf } from "./shape";

export function EntityName({ kind, id }: { kind: Kind; id: string }) {
  const { may } = useSession();
  const thing = useQuery({ queryKey: ["registry", kind, id], queryFn: () => one(kind, id), enabled: may("registry.read") });
  return <>{thing.data ? nameOf(thing.data) : shortId(id)}</>;
}

export const AgentName = ({ id }: { id: string }) => <EntityName kind="agents" id={id} />;
