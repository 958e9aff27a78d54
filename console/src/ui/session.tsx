// Who is signed in, for the whole page: asked once, renewed by every answer that holds a session. Used by the shell and
// by whatever depends on rights. Never keeps a secret: the cookie is the browser's, out of reach of scripts.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect } from "react";
import { get, keepCsrf, type Session, whenSignedOut } from "../api/client";
import { Failure, Loading } from "./states";

interface Known {
  session: Session;
  keep: (session: Session) => void;
  may: (right: string) => boolean;
}
const KnownSession = createContext<Known | null>(null);

export function SessionProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: ["session"],
    queryFn: async () => keepCsrf(await get("/desk/session")),
    staleTime: Number.POSITIVE_INFINITY,
  });
  useEffect(() => whenSignedOut(() => void refetch()), [refetch]);
  if (error) return <Failure error={error} again={() => void refetch()} />;
  if (!data) return <Loading />;
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
