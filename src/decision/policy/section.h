// One YAML mapping being read: typed access to its members with a fault for each thing that is not as it
// should be, and one for every member that nobody asked for. Called by reader.cpp only.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/model.h"

namespace tillwatch::policy {

class Section {
 public:
  // `what` names the thing in messages: "rule", "feature". The node and the faults outlive the section.
  Section(const yaml::Node& node, std::string what, Faults& faults);
  // Reports the members that were never asked for.
  ~Section();
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;

  const yaml::Node* member(std::string_view key);
  const yaml::Node* required(std::string_view key);
  void text(std::string_view key, std::string& out, bool needed = false);
  void integer(std::string_view key, std::int64_t& out, std::int64_t low, std::int64_t high);
  // A share 0..1 as parts per million.
  void share(std::string_view key, std::uint32_t& out_ppm);
  void duration(std::string_view key, core::DurationMs& out);
  void date(std::string_view key, std::optional<core::TimeMs>& out);
  void expression(std::string_view key, Expression& out, bool needed);
  // {en: ..., zh: ...}; a plain text is a fault: both languages are wanted.
  void wording(std::string_view key, Wording& out, bool needed);
  void texts(std::string_view key, std::vector<std::string>& out);
  // Index of the word among `words`.
  std::optional<std::size_t> choice(std::string_view key, const std::vector<std::string>& words);
  void fault(const Place& place, std::string message, std::string hint = {});
  const Place& place() const { return node_.place; }

 private:
  const yaml::Node& node_;
  std::string what_;
  Faults& faults_;
  std::vector<std::string> asked_;
};

}  // namespace tillwatch::policy
