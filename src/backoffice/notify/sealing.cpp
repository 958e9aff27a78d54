#include "notify/sealing.h"

#include "access/sealing.h"

namespace tillwatch::notify {

core::Status seal_anew(sql::Connection& connection, const crypto::DataKeys& keys, ports::Random& random) {
  constexpr access::SealedColumn all[] = {
      {"notify_secret", "secret", "webhook_secret:", ":secret"},
      {"notify_mail_server", "password", "mail_server:", ":password"},
      {"notify_mail_receiver", "address", "mail_receiver:", ":address"},
  };
  for (const access::SealedColumn& what : all)
    TRY_STATUS(access::seal_column_anew(connection, keys, random, what));
  return {};
}

}  // namespace tillwatch::notify
