#include "admin_command.h"

#include <functional>
#include <optional>
#include <string>

#include "admin_accounts.h"
#include "admin_api_keys.h"
#include "admin_card_keys.h"
#include "admin_data_keys.h"
#include "command_line.h"

namespace tillwatch {
namespace {

void add_account(CommandLine& app, AccountWishes& wishes, std::function<int()>& chosen) {
  CommandLine account = app.add_subcommand("account", "people who may sign in at the desk");
  account.require_subcommand();
  CommandLine list = account.add_subcommand("list", "prints the accounts");
  CommandLine reset = account.add_subcommand("reset", "prints a link that sets password and factor anew");
  reset.add_option("name", wishes.name, "the sign-in name").required();
  for (CommandLine* sub : {&list, &reset}) {
    sub->add_option("--data", wishes.data, "data directory").required();
    sub->add_option("--database", wishes.database, "as serve has it (default sqlite:DATA/desk.sqlite)");
  }
  list.callback([&] { chosen = [&] { return list_people(wishes); }; });
  reset.callback([&] { chosen = [&] { return reset_person(wishes); }; });
}

}  // namespace

int admin_command(int argc, char** argv) {
  CommandLine app("Card keys, data keys, API keys and accounts of a data directory.", "tillwatch admin");
  app.require_subcommand();
  std::function<int()> chosen;

  CommandLine key = app.add_subcommand("key", "the keys that turn card numbers into references");
  key.require_subcommand();
  CardKeyWishes card;
  for (const CardKeyAction& action : card_key_actions()) {
    CommandLine sub = key.add_subcommand(action.name, action.help);
    sub.add_option("--data", card.data, "data directory").required();
    sub.add_option("--card-keys", card.file, "card key file (default DATA/card-keys)");
    if (action.takes_overlap)
      sub.add_option("--overlap", card.overlap,
                     "how long both keys are used: the longest window of the policy")
          .show_default();
    if (action.takes_backup) {
      sub.add_option("--backup", card.backup, "file of the sealed backup").required();
      sub.add_option("--passphrase-file", card.passphrase_file, "file that holds the passphrase (0600)")
          .required();
    }
    sub.callback([&card, &chosen, run = action.run] { chosen = [&card, run] { return run(card); }; });
  }

  CommandLine data_key = app.add_subcommand("data-key", "the keys of personal fields in the database");
  data_key.require_subcommand();
  DataKeyWishes sealed;
  for (const DataKeyAction& action : data_key_actions()) {
    CommandLine sub = data_key.add_subcommand(action.name, action.help);
    sub.add_option("--data", sealed.data, "data directory").required();
    if (action.takes_database)
      sub.add_option("--database", sealed.database, "sqlite:PATH or postgres://...").required();
    sub.callback([&sealed, &chosen, run = action.run] { chosen = [&sealed, run] { return run(sealed); }; });
  }

  CommandLine api = app.add_subcommand("api-key", "keys of those who may ask the server");
  api.require_subcommand();
  ApiKeyWishes wishes;
  CommandLine create = api.add_subcommand("create", "makes a key and prints it once");
  create.add_option("--name", wishes.name, "the client: a-z, 0-9, '.', '_', '-'").required();
  create.add_option("--scope", wishes.scopes, "of: decide,events,read,metrics,admin").required();
  create.add_option("--expires", wishes.expires, "a duration, at most 366d").required();
  CommandLine list = api.add_subcommand("list", "prints the keys, without what opens");
  CommandLine revoke =
      api.add_subcommand("revoke", "ends a key; a running server notices within a second or two");
  revoke.add_option("id", wishes.id, "the id that list prints").required();
  for (CommandLine* sub : {&create, &list, &revoke})
    sub->add_option("--data", wishes.data, "data directory").required();
  create.callback([&] { chosen = [&] { return create_api_key(wishes); }; });
  list.callback([&] { chosen = [&] { return list_api_keys(wishes); }; });
  revoke.callback([&] { chosen = [&] { return revoke_api_key(wishes); }; });

  AccountWishes person;
  add_account(app, person, chosen);

  if (const std::optional<int> code = app.parse(argc, argv)) return *code;
  return chosen();
}

}  // namespace tillwatch
