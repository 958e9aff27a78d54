// `tillwatch admin data-key`: lists, rotates and retires the keys that personal fields are sealed under.
// Called by admin_command.cpp. Works on a data directory and its database while no server runs on them.
#pragma once

#include <span>
#include <string>

namespace tillwatch {

struct DataKeyWishes {
  std::string data;
  std::string database;  // URL
};

struct DataKeyAction {
  const char* name;
  const char* help;
  bool takes_database;
  int (*run)(const DataKeyWishes&);  // returns the exit code
};

std::span<const DataKeyAction> data_key_actions();

}  // namespace tillwatch
