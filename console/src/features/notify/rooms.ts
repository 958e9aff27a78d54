// What the shell loads when webhooks are first opened.
export { WebhooksPage } from "./webhooks";
