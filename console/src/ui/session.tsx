// Who is signed in, for the whole page: asked once, renewed by every answer that holds a session. Used by the shell and
// by whatever depends on rights. Never keeps a secret: the cookie is the browser's, out of reach of scripts.
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect } from "react";
import { get, keepCsrf, type Session, whenSignedOut } from "../api/client";
import { Failure, Loading } from "./states";

interface Known {
  session: Session;
  keep: (session: Session) => void;
  may: (right: string) => boolean;
}
const asked = queryOptions({ queryKey: ["session"], queryFn: async () => keepCsrf(await get("/desk/session")), staleTime: Number.POSITIVE_INFINITY });
// For a page that shows what others may have changed meanwhile: asked again whenever the page is entered.
export const askedAnew = queryOptions({ ...asked, staleTime: 0, refetchOnMount: "always" });

const KnownSession = createContext<Known | null>(null);

export function SessionProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery(asked);
  useEffect(() => whenSignedOut(() => void refetch()), [refetch]);
  // What is known stays on the page where asking anew fails.
  if (!data) return error ? <Failure error={error} again={() => void refetch()} /> : <Loading />;
  const known: Known = {
    session: data,
    keep: (session) => {
      // Another person sees nothing of what was loaded for this one.
      if (session.account?.id !== data.account?.id)
        queries.removeQueries({ predicate: (query) => query.queryKey[0] !== "session" });
      queries.setQueryData(["session"], keepCsrf(session));
    },
    may: (right) => data.account?.rights.includes(right) ?? false,
  };
  return <KnownSession.Provider value={known}>{children}</KnownSession.Provider>;
}

export function useSession(): Known {
  const known = useContext(KnownSession);
  if (known === null) throw new Error("outside of SessionProvider");
  return known;
}
