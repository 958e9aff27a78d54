// Speaks to the desk: paths and bodies are typed by the contract, the CSRF token is kept here, and what the desk refuses
// comes out as a Problem. Used by every feature. Never stores anything outside this page's memory.
import type { components, paths } from "./generated/contract";

export type Schemas = components["schemas"];
export type Session = Schemas["Session"];
type ProblemDocument = Schemas["DeskProblem"];

// A refusal in the words of the desk (RFC 9457). `kind` is the last part of its type: "not-signed-in".
export class Problem extends Error {
  readonly kind: string;
  constructor(
    readonly status: number,
    readonly document: ProblemDocument,
    readonly retryAfterSeconds: number | null,
  ) {
    super(document.detail ?? document.title);
    this.kind = document.type.split(":").at(-1) ?? "";
  }
  // What is said of one member: "/password".
  faultOf(pointer: string): string | null {
    return this.document.errors?.find((fault) => fault.pointer === pointer)?.detail ?? null;
  }
}

type Method = "get" | "post" | "put" | "patch" | "delete";
type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: { responses: unknown } } ? P : never;
}[keyof paths];
type Operation<P extends keyof paths, M extends Method> = paths[P] extends { [K in M]: infer O } ? O : never;
type JsonOf<R> = R extends { content: { "application/json": infer J } } ? J : undefined;
// 202: a change that waits for a second person; beside it stands the answer of a change that did not have to.
type Good<R> = (R extends { 200: infer A } ? JsonOf<A> : R extends { 201: infer A } ? JsonOf<A> : undefined) | Waiting<R>;
type Waiting<R> = R extends { 202: infer A } ? JsonOf<A> : never;
type AnswerOf<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { responses: infer R } ? Good<R> : never;
type BodyOf<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { requestBody: { content: { "application/json": infer B } } } ? B : undefined;

export type Query = Record<string, string | number | boolean | null | undefined>;
interface Wish<B> {
  id?: string;
  name?: string;
  query?: Query;
  body?: B;
}

let csrf = "";
// After each answer that holds a session: the token changes at every step of signing in.
export function keepCsrf(session: Session): Session {
  csrf = session.csrf;
  return session;
}

// Told when the desk knows nobody any more: the session has ended elsewhere, or by time.
let signedOut: () => void = () => {};
export function whenSignedOut(listener: () => void): void {
  signedOut = listener;
}

export function queryText(query: Query): string {
  const parts = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(parts.map(([name, value]) => [name, String(value)])).toString();
  return text === "" ? "" : `?${text}`;
}

async function problemOf(answer: Response): Promise<Problem> {
  const retry = answer.headers.get("Retry-After");
  let document: ProblemDocument;
  try {
    document = (await answer.json()) as ProblemDocument;
  } catch {
    document = { type: "about:blank", title: answer.statusText, status: answer.status };
  }
  return new Problem(answer.status, document, retry === null ? null : Number(retry));
}

async function call<P extends keyof paths, M extends Method>(
  method: M,
  path: P,
  wish: Wish<BodyOf<P, M>>,
): Promise<AnswerOf<P, M>> {
  const place = String(path).replace("{id}", encodeURIComponent(wish.id ?? "")).replace("{name}", encodeURIComponent(wish.name ?? ""));
  const headers: Record<string, string> = {};
  if (method !== "get" && csrf !== "") headers["Tillwatch-Csrf"] = csrf;
  if (wish.body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(place + queryText(wish.query ?? {}), {
    method: method.toUpperCase(),
    headers,
    credentials: "same-origin",
    ...(wish.body === undefined ? {} : { body: JSON.stringify(wish.body) }),
  });
  if (!answer.ok) {
    const problem = await problemOf(answer);
    if (problem.kind === "not-signed-in" && !place.startsWith("/desk/session")) signedOut();
    throw problem;
  }
  return (answer.status === 204 ? undefined : await answer.json()) as AnswerOf<P, M>;
}

export const get = <P extends PathOf<"get">>(path: P, wish: Wish<undefined> = {}) =>
  call("get", path, wish as Wish<BodyOf<P, "get">>);
export const post = <P extends PathOf<"post">>(path: P, wish: Wish<BodyOf<P, "post">> = {}) => call("post", path, wish);
export const patch = <P extends PathOf<"patch">>(path: P, wish: Wish<BodyOf<P, "patch">>) => call("patch", path, wish);
export const put = <P extends PathOf<"put">>(path: P, wish: Wish<BodyOf<P, "put">>) => call("put", path, wish);
export const remove = <P extends PathOf<"delete">>(path: P, wish: Wish<BodyOf<P, "delete">> = {}) => call("delete", path, wish);

// A file: asked for as everything else, so that a refusal is told in words, and handed to the browser to keep.
export async function download(path: string, query: Query, fallback: string): Promise<Headers> {
  const answer = await fetch(path + queryText(query), { credentials: "same-origin" });
  if (!answer.ok) throw await problemOf(answer);
  const named = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1];
  const address = URL.createObjectURL(await answer.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = named ?? fallback;
  link.click();
  URL.revokeObjectURL(address);
  return answer.headers;
}
