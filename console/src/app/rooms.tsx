// Every room of the console: its path, the right that opens it, its place in the navigation, and its page, loaded when it
// is first entered. Read by the shell. What a right hides here the desk refuses anyway.
import { type ComponentType, lazy } from "react";
import type { Key } from "../locales/catalogue";

export interface Room {
  path: string;
  right: string | null;
  word: Key;
  group: Key | null; // null: not in the navigation
  page: ComponentType;
}

const alerts = () => import("../features/findings/rooms");
const decisions = () => import("../features/decisions/rooms");
const house = () => import("../features/system/rooms");
const notify = () => import("../features/notify/rooms");
const policy = () => import("../features/policy/rooms");
const registry = () => import("../features/registry/rooms");
const access = () => import("../features/access/rooms");
const home = lazy(() => import("../features/home/home").then((room) => ({ default: room.HomePage })));
const of = <M,>(load: () => Promise<M>, pick: (module: M) => ComponentType) => lazy(async () => ({ default: pick(await load()) }));

const kinds = ["merchants", "terminals", "agents", "reps", "settlement-accounts", "persons", "channels"] as const;
const registryRooms = kinds.flatMap((kind): Room[] => [
  { path: `/${kind}`, right: "registry.read", word: `nav.${kind}`, group: "nav.group.registry", page: of(registry, (rooms) => rooms.lists[kind]) },
  { path: `/${kind}/new`, right: "registry.edit", word: `nav.${kind}`, group: null, page: of(registry, (rooms) => rooms.makers[kind]) },
  { path: `/${kind}/:id/edit`, right: "registry.edit", word: `nav.${kind}`, group: null, page: of(registry, (rooms) => rooms.editors[kind]) },
  { path: `/${kind}/:id`, right: "registry.read", word: `nav.${kind}`, group: null, page: of(registry, (rooms) => rooms.pages[kind]) },
]);

export const rooms: readonly Room[] = [
  { path: "/", right: null, word: "nav.home", group: "nav.group.work", page: home },
  { path: "/alerts", right: "alerts.read", word: "nav.alerts", group: "nav.group.work", page: of(alerts, (rooms) => rooms.AlertsPage) },
  { path: "/alerts/:id", right: "alerts.read", word: "nav.alerts", group: null, page: of(alerts, (rooms) => rooms.AlertPage) },
  { path: "/decisions", right: "decisions.read", word: "nav.decisions", group: "nav.group.work", page: of(decisions, (rooms) => rooms.DecisionsPage) },
  { path: "/live", right: "decisions.read", word: "nav.live", group: "nav.group.work", page: of(decisions, (rooms) => rooms.LivePage) },
  { path: "/decisions/:id", right: "decisions.read", word: "nav.decisions", group: null, page: of(decisions, (rooms) => rooms.DecisionPage) },
  ...registryRooms,
  { path: "/policy", right: "policy.read", word: "nav.policy", group: "nav.group.policy", page: of(policy, (rooms) => rooms.PolicyPage) },
  { path: "/policy/rules/:id", right: "policy.read", word: "nav.policy", group: null, page: of(policy, (rooms) => rooms.RulePage) },
  { path: "/drafts", right: "policy.read", word: "nav.drafts", group: "nav.group.policy", page: of(policy, (rooms) => rooms.DraftsPage) },
  { path: "/drafts/:id", right: "policy.read", word: "nav.drafts", group: null, page: of(policy, (rooms) => rooms.DraftPage) },
  { path: "/lists", right: "lists.read", word: "nav.lists", group: "nav.group.policy", page: of(policy, (rooms) => rooms.ListsPage) },
  { path: "/lists/:id", right: "lists.read", word: "nav.lists", group: null, page: of(policy, (rooms) => rooms.ListPage) },
  { path: "/proposals", right: "proposals.read", word: "nav.proposals", group: "nav.group.house", page: of(access, (rooms) => rooms.ProposalsPage) },
  { path: "/accounts", right: "accounts.read", word: "nav.accounts", group: "nav.group.house", page: of(access, (rooms) => rooms.AccountsPage) },
  { path: "/access-review", right: "access.review", word: "nav.review", group: "nav.group.house", page: of(access, (rooms) => rooms.ReviewPage) },
  { path: "/api-keys", right: "api_keys.manage", word: "nav.keys", group: "nav.group.house", page: of(access, (rooms) => rooms.KeysPage) },
  { path: "/webhooks", right: "webhooks.manage", word: "nav.webhooks", group: "nav.group.house", page: of(notify, (rooms) => rooms.WebhooksPage) },
  { path: "/audit", right: "audit.read", word: "nav.audit", group: "nav.group.house", page: of(house, (rooms) => rooms.AuditPage) },
  { path: "/health", right: "health.read", word: "nav.health", group: "nav.group.house", page: of(house, (rooms) => rooms.HealthPage) },
  { path: "/account", right: null, word: "nav.own", group: "nav.group.house", page: of(access, (rooms) => rooms.OwnAccountPage) },
];
