// A session is asked for once, but anew by the page that shows what others may have changed.
import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, expect, test, vi } from "vitest";
import { askedAnew } from "./session";

afterEach(() => vi.unstubAllGlobals());

test("a page that is entered learns the mode of approval that another chose, and so does the frame around it", async () => {
  let mode = "two_people";
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify({ state: "signed_in", csrf: "c", approval_mode: mode }), { status: 200 })));
  const queries = new QueryClient();
  const frame = new QueryObserver(queries, { ...askedAnew, staleTime: Number.POSITIVE_INFINITY, refetchOnMount: true });
  const leave_frame = frame.subscribe(() => {});
  await vi.waitFor(() => expect(frame.getCurrentResult().data?.approval_mode).toBe("two_people"));
  mode = "duo";
  const leave_page = new QueryObserver(queries, askedAnew).subscribe(() => {});
  await vi.waitFor(() => expect(frame.getCurrentResult().data?.approval_mode).toBe("duo"));
  leave_page();
  leave_frame();
});
