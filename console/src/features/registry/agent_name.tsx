// An agent by its name where the reader may see it. Used by the pages of accounts, of changes and of the access review.
import { useQuery } from "@tanstack/react-query";
import { useSession } from "../../ui/session";
import { shortId } from "../../ui/subject";
import { one } from "./ask";
import { nameOf } from "./shape";

export function AgentName({ id }: { id: string }) {
  const { may } = useSession();
  const agent = useQuery({ queryKey: ["registry", "agents", id], queryFn: () => one("agents", id), enabled: may("registry.read") });
  return <>{agent.data ? nameOf(agent.data) : shortId(id)}</>;
}
