// A policy pack under hostile bytes: read, compiled, reviewed, compared with itself, laid out. A line "%%%"
// divides the pack from the one it may build on. What compiles has to be readable again from its bundle and
// to mean the same in its layout.
#include <cstdint>
#include <string>

#include "core/check.h"
#include "policy/difference.h"
#include "policy/portrait.h"
#include "policy/review.h"
#include "yaml/layout.h"

namespace {

using namespace tillwatch;

void check_faults(const policy::Faults& faults) {
  for (const policy::Fault& fault : faults) {
    CHECK(!fault.message.empty());
    CHECK(!fault.to_string().empty());
  }
}

void check_layout(const std::string& text) {
  const auto laid = yaml::lay_out(text, "p.yaml");
  if (!laid) {
    CHECK(!laid.error().detail.empty());
    return;
  }
  const auto again = yaml::lay_out(*laid, "p.yaml");
  CHECK(again.has_value() && *again == *laid);
  const auto before = yaml::parse(text, "p.yaml"), after = yaml::parse(*laid, "p.yaml");
  CHECK(before.has_value() && after.has_value() && yaml::same(*before, *after));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 64 * 1024) return 0;
  const std::string text(data, data + size);
  const std::size_t at = text.find("\n%%%\n");
  std::vector<policy::SourceFile> files{{"p.yaml", text.substr(0, at)}};
  if (at != std::string::npos) files.push_back({"../base/b.yaml", text.substr(at + 5)});
  for (const policy::SourceFile& file : files) check_layout(file.text);
  policy::Faults faults;
  const auto bundle = policy::Bundle::load(files, faults);
  check_faults(faults);
  if (bundle == nullptr) {
    CHECK(!faults.empty());
    return 0;
  }
  check_faults(policy::review(*bundle));
  CHECK(policy::memory_bound(*bundle).bytes_max > 0);
  CHECK(policy::difference(*bundle, *bundle).empty());
  const auto restored = policy::Bundle::restore(bundle->packed());
  CHECK(restored.has_value());
  CHECK(policy::whole_portrait((*restored)->model()) == policy::whole_portrait(bundle->model()));
  return 0;
}
