// `tillwatch admin api-key`: makes, lists and revokes API keys. Called by admin_command.cpp.
#pragma once

#include <string>

namespace tillwatch {

struct ApiKeyWishes {
  std::string data;
  std::string name;
  std::string scopes;
  std::string expires;
  std::string id;
};

// Each returns the exit code.
int create_api_key(const ApiKeyWishes& wishes);
int list_api_keys(const ApiKeyWishes& wishes);
int revoke_api_key(const ApiKeyWishes& wishes);

}  // namespace tillwatch
