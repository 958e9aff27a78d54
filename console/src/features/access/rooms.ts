// What the shell loads when accounts, changes to review or one's own account are first opened.
export { AccountsPage } from "./accounts";
export { OwnAccountPage } from "./own_account";
export { ProposalsPage } from "./proposals";
export { ReviewPage } from "./review";
export { KeysPage } from "./keys";
