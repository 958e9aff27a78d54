// Places in a source text and the list of its faults. Called by every stage before the evaluator.
#include "cel/fault.h"

#include <algorithm>

namespace tillwatch::cel {

std::string Fault::to_string() const {
  std::string text = std::to_string(line) + ":" + std::to_string(column) + ": " + message;
  if (!hint.empty()) text += " (" + hint + ")";
  return text;
}

Place place_of(std::string_view source, std::uint32_t at) {
  Place place;
  std::uint32_t seen = 0;
  for (std::size_t i = 0; i < source.size() && seen < at;) {
    const bool newline = source[i] == '\n';
    do ++i;
    while (i < source.size() && (static_cast<unsigned char>(source[i]) & 0xC0) == 0x80);
    ++seen;
    if (newline) {
      ++place.line;
      place.column = 1;
    } else {
      ++place.column;
    }
  }
  return place;
}

void FaultList::add(std::uint32_t at, std::string message, std::string hint) {
  if (full()) return;
  for (const auto& [other, fault] : faults_)
    if (other == at) return;
  const Place place = place_of(source_, at);
  faults_.emplace_back(at, Fault{place.line, place.column, std::move(message), std::move(hint)});
}

Faults FaultList::take() {
  std::stable_sort(faults_.begin(), faults_.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  Faults result;
  for (auto& [at, fault] : faults_) result.push_back(std::move(fault));
  faults_.clear();
  return result;
}

}  // namespace tillwatch::cel
