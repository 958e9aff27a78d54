// `tillwatch admin key`: makes, rotates, retires and backs up the card keys. Called by admin_command.cpp.
#pragma once

#include <span>
#include <string>

namespace tillwatch {

struct CardKeyWishes {
  std::string data;
  std::string file;
  std::string overlap = "400d";  // core::limits::window_length_ms_max: no window is longer
  std::string backup;
  std::string passphrase_file;
};

struct CardKeyAction {
  const char* name;
  const char* help;
  bool takes_overlap;
  bool takes_backup;
  int (*run)(const CardKeyWishes&);  // returns the exit code
};

std::span<const CardKeyAction> card_key_actions();

}  // namespace tillwatch
