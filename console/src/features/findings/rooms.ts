// What the shell loads when alerts are first opened.
export { AlertPage } from "./alert";
export { AlertsPage } from "./alerts";
