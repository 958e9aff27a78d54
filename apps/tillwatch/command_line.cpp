#include "command_line.h"

#include <CLI/CLI.hpp>
#include <utility>

namespace tillwatch {

struct CommandLine::Whole {
  Whole(const std::string& help, const std::string& name) : app(help, name) {}

  CLI::App app;
};

CommandLineOption& CommandLineOption::required() {
  option_->required();
  return *this;
}

CommandLineOption& CommandLineOption::show_default() {
  option_->capture_default_str();
  return *this;
}

CommandLineOption& CommandLineOption::between(std::int64_t least, std::int64_t most) {
  option_->check(CLI::Range(least, most));
  return *this;
}

CommandLineOption& CommandLineOption::one_of(std::initializer_list<const char*> words) {
  option_->check(CLI::IsMember(std::vector<std::string>(words.begin(), words.end())));
  return *this;
}

CommandLineOption& CommandLineOption::needs(const CommandLineOption& other) {
  option_->needs(other.option_);
  return *this;
}

CommandLineOption& CommandLineOption::excludes(const CommandLineOption& other) {
  option_->excludes(other.option_);
  return *this;
}

CommandLineOption& CommandLineOption::words(int count) {
  option_->expected(count);
  return *this;
}

CommandLineOption& CommandLineOption::repeated() {
  option_->take_all()->expected(1)->allow_extra_args(false);
  return *this;
}

CommandLine::CommandLine(const std::string& help, const std::string& name)
    : whole_(std::make_unique<Whole>(help, name)), app_(&whole_->app) {}

CommandLine::CommandLine(CLI::App* subcommand) : app_(subcommand) {}

CommandLine::~CommandLine() = default;
CommandLine::CommandLine(CommandLine&&) noexcept = default;
CommandLine& CommandLine::operator=(CommandLine&&) noexcept = default;

CommandLineOption CommandLine::add_target(const std::string& names, const Target& target,
                                          const std::string& help) {
  return std::visit(
      [&](auto* variable) { return CommandLineOption(app_->add_option(names, *variable, help)); }, target);
}

CommandLineOption CommandLine::add_flag(const std::string& names, bool& variable, const std::string& help) {
  return CommandLineOption(app_->add_flag(names, variable, help));
}

CommandLine CommandLine::add_subcommand(const std::string& name, const std::string& help) {
  return CommandLine(app_->add_subcommand(name, help));
}

void CommandLine::require_subcommand() {
  app_->require_subcommand(1);
}

void CommandLine::callback(std::function<void()> told) {
  app_->callback(std::move(told));
}

std::optional<int> CommandLine::parse(int argc, char** argv) {
  try {
    app_->parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    // The library's own codes tell what was wrong with a word; for the shell all are 2.
    return app_->exit(error) == 0 ? 0 : 2;
  }
}

bool CommandLine::parsed() const {
  return app_->parsed();
}

bool CommandLine::given(const std::string& option) const {
  return app_->count(option) > 0;
}

}  // namespace tillwatch
