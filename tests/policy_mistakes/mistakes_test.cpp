// What newcomers do wrong, and what they are told. Each *.yaml of this folder is a pack with one mistake;
// messages.txt has what is said of it, to be read as prose. Renew it, when a message is meant to change, with
// TILLWATCH_RENEW=1 policy_mistakes_test.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "policy/review.h"

namespace tillwatch::policy {
namespace {

const std::string folder = TILLWATCH_MISTAKES;

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::vector<std::string> packs() {
  std::vector<std::string> names;
  for (const auto& item : std::filesystem::directory_iterator(folder))
    if (item.path().extension() == ".yaml") names.push_back(item.path().filename().string());
  std::ranges::sort(names);
  return names;
}

Faults faults_of(const std::string& name) {
  Faults faults;
  const auto bundle = Bundle::load({{name, text_of(folder + "/" + name)}}, faults);
  if (bundle != nullptr) faults = review(*bundle);
  return faults;
}

std::string line_of(const std::string& text, int number) {
  std::istringstream lines(text);
  std::string line;
  for (int i = 0; i < number; ++i) std::getline(lines, line);
  return line;
}

// The mistake in its author's words, the line, and what is said of it.
std::string chapter(const std::string& name) {
  const std::string text = text_of(folder + "/" + name);
  std::string chapter = name + line_of(text, 1).substr(1) + "\n";
  for (const Fault& fault : faults_of(name)) {
    const std::string line = line_of(text, fault.place.line);
    chapter += "    " + line + "\n  " + fault.to_string() + "\n";
  }
  return chapter + "\n";
}

TEST(PolicyMistakes, AreToldAsTheGoldenFileHasIt) {
  std::string told;
  for (const std::string& name : packs()) told += chapter(name);
  const std::string golden = folder + "/messages.txt";
  if (std::getenv("TILLWATCH_RENEW") != nullptr) std::ofstream(golden, std::ios::binary) << told;
  EXPECT_EQ(told, text_of(golden));
}

TEST(PolicyMistakes, AreEachNamedWithPlaceAndRemedy) {
  EXPECT_GE(packs().size(), 20u);
  for (const std::string& name : packs()) {
    const Faults faults = faults_of(name);
    ASSERT_FALSE(faults.empty()) << name << " is taken for faultless";
    EXPECT_LE(faults.size(), 3u) << name << ": one mistake is told once";
    for (const Fault& fault : faults) {
      EXPECT_EQ(fault.place.file, name);
      EXPECT_GT(fault.place.line, 1) << fault.to_string();
      EXPECT_FALSE(fault.hint.empty()) << fault.to_string() << " names no remedy";
    }
  }
}

}  // namespace
}  // namespace tillwatch::policy
