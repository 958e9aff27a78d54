// `tillwatch admin account`: lists the accounts of people, and lets one in again whose password and factor
// are lost. For whoever holds the machine: it needs the data directory and its keys. Called by
// admin_command.cpp. A server may run meanwhile; what is done is an act like any other.
#pragma once

#include <string>

namespace tillwatch {

struct AccountWishes {
  std::string data;
  std::string database;  // URL; "": sqlite:DATA/desk.sqlite
  std::string name;      // sign-in name
};

// Return the exit code.
int list_people(const AccountWishes& wishes);
// Prints the end of a link that sets a new password and a new factor, once, within three days.
int reset_person(const AccountWishes& wishes);

}  // namespace tillwatch
