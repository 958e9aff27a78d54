// What the shell loads when the house's rooms are first opened.
export { AuditPage } from "./audit";
export { HealthPage } from "./health";
