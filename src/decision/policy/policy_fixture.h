// Packs for tests, made from one text. Test code only.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "policy/bundle.h"

namespace tillwatch::policy {

inline std::shared_ptr<const Bundle> bundle_of(const std::string& text) {
  Faults faults;
  std::shared_ptr<const Bundle> bundle = Bundle::load({{"policy.yaml", text}}, faults);
  for (const Fault& fault : faults) ADD_FAILURE() << fault.to_string();
  return bundle;
}

inline std::vector<std::string> faults_of(const std::string& text) {
  Faults faults;
  Bundle::load({{"p", text}}, faults);
  std::vector<std::string> lines;
  for (const Fault& fault : faults) lines.push_back(fault.to_string());
  return lines;
}

}  // namespace tillwatch::policy
