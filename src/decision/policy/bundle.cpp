#include "policy/bundle.h"

#include <algorithm>
#include <tuple>

#include "core/check.h"
#include "policy/compiler.h"
#include "policy/reader.h"

namespace tillwatch::policy {

std::shared_ptr<const Bundle> Bundle::load(std::vector<SourceFile> files, Faults& faults) {
  const std::size_t before = faults.size();
  Model model = read_model(files, faults);
  Compiler compiler(std::move(model), pack(std::move(files)), faults);
  std::shared_ptr<const Bundle> bundle = compiler.run();
  std::stable_sort(faults.begin(), faults.end(), [](const Fault& a, const Fault& b) {
    return std::tie(a.place.file, a.place.line, a.place.column) <
           std::tie(b.place.file, b.place.line, b.place.column);
  });
  return faults.size() == before ? bundle : nullptr;
}

core::Result<std::shared_ptr<const Bundle>> Bundle::restore(std::string_view packed) {
  TRY(files, unpack(packed));
  Faults faults;
  std::shared_ptr<const Bundle> bundle = load(std::move(files), faults);
  if (!bundle)
    return core::fail(core::ErrorCode::invalid, faults.front().place.to_string(),
                      "the stored policy no longer compiles with this program: " + faults.front().message);
  return bundle;
}

SlotInfo Bundle::slot(std::uint32_t number) const {
  if (number >= first_slot) {
    CHECK(number - first_slot < slots_.size());
    return slots_[number - first_slot];
  }
  const payment::AttributeInfo* info = payment::find_attribute(static_cast<payment::AttributeId>(number));
  CHECK(info != nullptr);
  ScalarType type = ScalarType::text;
  if (info->type == payment::AttributeType::boolean) type = ScalarType::boolean;
  if (info->type == payment::AttributeType::integer || info->type == payment::AttributeType::time)
    type = ScalarType::integer;
  const bool money =
      info->unit == payment::Unit::money_minor || info->unit == payment::Unit::money_base_minor;
  return {SlotInfo::Kind::attribute, number, std::string(info->name), type, money ? "money" : ""};
}

std::int64_t Bundle::find_slot(std::string_view name) const {
  const auto at = std::ranges::find(slots_, name, &SlotInfo::name);
  if (at != slots_.end()) return static_cast<std::int64_t>(first_slot) + (at - slots_.begin());
  const payment::AttributeInfo* info = payment::find_attribute(name);
  return info == nullptr ? -1 : static_cast<std::int64_t>(info->id);
}

}  // namespace tillwatch::policy
