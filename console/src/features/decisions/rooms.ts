// What the shell loads when decisions are first opened.
export { DecisionPage } from "./decision";
export { DecisionsPage } from "./decisions";
export { LivePage } from "./live";
