// The command line of one command: options, flags, subcommands, help. Called by the commands; stands before
// the library that does the work, whose header takes five seconds to compile, so that one source includes it.
// Never ends the process.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace tillwatch {

/// An option that was added. A handle: it lives as long as the command line that made it.
class CommandLineOption {
 public:
  explicit CommandLineOption(CLI::Option* option) : option_(option) {}

  CommandLineOption& required();
  /// The help says what the variable holds now.
  CommandLineOption& show_default();
  /// Whole numbers from `least` to `most`, both included.
  CommandLineOption& between(std::int64_t least, std::int64_t most);
  CommandLineOption& one_of(std::initializer_list<const char*> words);
  CommandLineOption& needs(const CommandLineOption& other);
  CommandLineOption& excludes(const CommandLineOption& other);
  /// So many words after the option, no more and no fewer.
  CommandLineOption& words(int count);
  /// May be given again and again, one word each time.
  CommandLineOption& repeated();

 private:
  CLI::Option* option_;
};

class CommandLine {
 public:
  /// Where an option's word goes: must live until parse() has returned.
  using Target =
      std::variant<std::string*, std::vector<std::string>*, std::int32_t*, std::int64_t*, std::uint64_t*>;

  CommandLine(const std::string& help, const std::string& name);
  ~CommandLine();
  CommandLine(CommandLine&&) noexcept;
  CommandLine& operator=(CommandLine&&) noexcept;
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  /// `names`: "--long,-s" or, without dashes, the name of a word that stands alone.
  template <class Variable>
  CommandLineOption add_option(const std::string& names, Variable& variable, const std::string& help) {
    return add_target(names, Target(&variable), help);
  }
  CommandLineOption add_flag(const std::string& names, bool& variable, const std::string& help);
  CommandLine add_subcommand(const std::string& name, const std::string& help);
  /// One of the subcommands has to be named.
  void require_subcommand();
  /// What happens, within parse(), once this command line has been understood.
  void callback(std::function<void()> told);

  /// Nothing where the command is to run. Otherwise help or what is wrong has been printed, and this is the
  /// exit code: 0 for help, 2 for a command line that cannot be understood.
  [[nodiscard]] std::optional<int> parse(int argc, char** argv);
  /// After parse(): whether this subcommand was named.
  [[nodiscard]] bool parsed() const;
  /// After parse(): whether the option was given.
  [[nodiscard]] bool given(const std::string& option) const;

 private:
  struct Whole;  // a command line that is not part of another
  explicit CommandLine(CLI::App* subcommand);
  CommandLineOption add_target(const std::string& names, const Target& target, const std::string& help);

  std::unique_ptr<Whole> whole_;  // nothing in a subcommand, which lives as long as what it is part of
  CLI::App* app_;
};

}  // namespace tillwatch
