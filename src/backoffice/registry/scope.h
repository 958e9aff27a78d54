// Whose entities a caller may see: everything, or the subtrees of some agents. Every list and every object of
// the registry and of the findings is asked with one. Called by the subjects; made by access from an
// account's grants.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "sql/database.h"

namespace tillwatch::registry {

class Scope {
 public:
  static Scope everything() { return Scope(true, {}); }
  // Nothing where `roots` is empty.
  static Scope under(std::vector<std::string> roots) { return Scope(false, std::move(roots)); }

  bool all() const { return all_; }
  const std::vector<std::string>& roots() const { return roots_; }

  // " and COLUMN in (...)" for a statement whose parameters so far are `parameters`, to which it adds its
  // own;
  // "" where everything is seen. The scope must outlive the statement's run.
  std::string condition(std::string_view column, std::vector<sql::Parameter>& parameters) const;

 private:
  Scope(bool all, std::vector<std::string> roots) : all_(all), roots_(std::move(roots)) {}
  bool all_;
  std::vector<std::string> roots_;
};

}  // namespace tillwatch::registry
