// What the shell loads when the policy room is first opened.
export { DraftPage } from "./draft";
export { DraftsPage } from "./drafts";
export { ListPage, ListsPage } from "./lists";
export { PolicyPage } from "./policy";
export { RulePage } from "./rule";
