// What the shell loads when the policy room is first opened; with it come the sentences of the check of a policy, in Chinese.
import { expression } from "../../locales/server/expression_table";
import { policy } from "../../locales/server/policy_table";
import { learn } from "../../locales/server/server_words";

learn(policy, expression);
export { DraftPage } from "./draft";
export { DraftsPage } from "./drafts";
export { ListPage, ListsPage } from "./lists";
export { PolicyPage } from "./policy";
export { RulePage } from "./rule";
