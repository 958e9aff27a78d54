// A stream of the desk's (server-sent events): connects, tells how it stands, comes back after a loss and begins where it had
// stopped, and lets go while it is paused or the page is left. Used by the live room.
import { useEffect, useRef, useState } from "react";

type StreamState = "connecting" | "on" | "paused" | "lost";

const againFirst = 1_000;
const againMax = 30_000;

// The browser tries again by itself after most losses; where it gives up (the desk refused), this does, ever more slowly.
// `events` names what is taken; where it stopped is sent along as `after`, so that a pause leaves nothing out.
export function useEventStream(path: string, events: readonly string[], paused: boolean, take: (event: string, data: string) => void): StreamState {
  const [state, setState] = useState<StreamState>("connecting");
  const taking = useRef(take);
  taking.current = take;
  const last = useRef("");
  const names = events.join(" ");
  useEffect(() => {
    if (paused) {
      setState("paused");
      return;
    }
    let source: EventSource | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wait = againFirst;
    const open = () => {
      source = new EventSource(last.current === "" ? path : `${path}?after=${last.current}`);
      source.onopen = () => {
        wait = againFirst;
        setState("on");
      };
      for (const name of names.split(" "))
        source.addEventListener(name, (message) => {
          const told = message as MessageEvent<string>;
          last.current = told.lastEventId;
          taking.current(name, told.data);
        });
      source.onerror = () => {
        setState("lost");
        if (source?.readyState !== EventSource.CLOSED) return;
        timer = setTimeout(open, wait);
        wait = Math.min(wait * 2, againMax);
      };
    };
    setState("connecting");
    open();
    return () => {
      clearTimeout(timer);
      source?.close();
    };
  }, [path, names, paused]);
  return state;
}
