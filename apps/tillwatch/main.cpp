// The main function of tillwatch and of tillwatch-offline: one binary, many commands. Finds the command, runs
// it, returns its exit code. Never does the work of a command itself.
#include <cstdio>
#include <string>
#include <vector>

#include "command_table.h"
#include "yaml/yaml.h"

namespace tillwatch {
namespace {

void print_help() {
  const std::string name(program_name());
  std::printf("%s: the risk desk of card acquiring\n\nusage: %s COMMAND [OPTIONS]\n\n", name.c_str(),
              name.c_str());
  for (const Command& command : commands())
    std::printf("  %-10.*s %.*s\n", static_cast<int>(command.name.size()), command.name.data(),
                static_cast<int>(command.help.size()), command.help.data());
  std::printf("  %-10s %s\n  %-10s %s\n\n`%s COMMAND --help` tells a command's options.\n", "version",
              "print the version", "help", "print this", name.c_str());
}

int unknown(const std::string& word) {
  std::vector<std::string> names{"version", "help"};
  for (const Command& command : commands()) names.emplace_back(command.name);
  const std::string nearest = yaml::nearest(word, names);
  const std::string name(program_name());
  std::fprintf(stderr, "%s: there is no command '%s'", name.c_str(), word.c_str());
  if (!nearest.empty()) std::fprintf(stderr, "; did you mean '%s'?", nearest.c_str());
  std::fprintf(stderr, "\n`%s help` lists them.\n", name.c_str());
  return 2;
}

int run(int argc, char** argv) {
  const std::string word = argc > 1 ? argv[1] : "";
  if (word.empty() || word == "help" || word == "--help" || word == "-h") {
    print_help();
    return word.empty() ? 2 : 0;
  }
  if (word == "version" || word == "--version") {
    std::printf("%s %s\n", std::string(program_name()).c_str(), TILLWATCH_VERSION);
    return 0;
  }
  for (const Command& command : commands())
    if (command.name == word) return command.run(argc - 1, argv + 1);
  return unknown(word);
}

}  // namespace
}  // namespace tillwatch

int main(int argc, char** argv) {
  return tillwatch::run(argc, argv);
}
