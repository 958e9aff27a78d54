// `tillwatch cel`. Called by main.cpp.
#include "cel_command.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "cel/reference.h"
#include "cel/utf8.h"
#include "cel_batch.h"
#include "cel_session.h"
#include "command_line.h"
#include "line_editor.h"
#include "zone_files.h"

namespace tillwatch {
namespace {

// East Asian wide and full-width blocks: two columns on a terminal.
bool is_wide(std::uint32_t point) {
  return (point >= 0x1100 && point <= 0x115F) || (point >= 0x2E80 && point <= 0xA4CF) ||
         (point >= 0xAC00 && point <= 0xD7A3) || (point >= 0xF900 && point <= 0xFAFF) ||
         (point >= 0xFE30 && point <= 0xFE6F) || (point >= 0xFF00 && point <= 0xFF60) ||
         (point >= 0xFFE0 && point <= 0xFFE6) || (point >= 0x1F300 && point <= 0x1FAFF) ||
         (point >= 0x20000 && point <= 0x3FFFD);
}

struct Wishes {
  std::string expression;
  std::string bindings;
  std::string batch_file;
  bool batch = false;
  bool check = false;
  bool explain = false;
  bool unchecked = false;
  bool reference = false;
  std::vector<std::string> declarations;
};

// The line of the fault with a mark under its place. Wide characters get a wide blank, tabs a tab, so that
// the mark stands where it should on a terminal.
void print_faults(std::string_view source, const cel::Faults& faults) {
  for (const cel::Fault& fault : faults) {
    std::cerr << fault.to_string() << "\n";
    std::size_t start = 0;
    for (std::uint32_t line = 1; line < fault.line; ++line) start = source.find('\n', start) + 1;
    const std::string_view shown = source.substr(start, source.find('\n', start) - start);
    constexpr std::size_t width_max = 200;
    if (shown.size() > width_max) continue;
    std::string blank;
    std::string_view rest = shown;
    for (std::uint32_t column = 1; column < fault.column && !rest.empty(); ++column) {
      const cel::CodePoint point = cel::first_code_point(rest);
      blank += rest.front() == '\t' ? "\t" : is_wide(point.value) ? "\u3000" : " ";
      rest.remove_prefix(std::max(point.bytes, 1u));
    }
    std::cerr << "  " << shown << "\n  " << blank << "^\n";
  }
}

// A JSON text, or "@file".
core::Result<std::string> text_or_file(const std::string& argument) {
  if (!argument.starts_with('@')) return argument;
  std::ifstream in(argument.substr(1), std::ios::binary);
  if (!in) return core::fail(core::ErrorCode::not_found, argument.substr(1), "cannot be read");
  return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
}

core::Status bind_json(CelSession& session, const std::string& argument) {
  if (argument.empty()) return {};
  TRY(text, text_or_file(argument));
  json::Reader reader;
  TRY(root, reader.parse(text));
  return session.bind_all(root);
}

int run_batch(const Wishes& wishes, ZoneFiles& zones) {
  std::ifstream file;
  if (!wishes.batch_file.empty() && wishes.batch_file != "-") {
    file.open(wishes.batch_file, std::ios::binary);
    if (!file) {
      std::cerr << wishes.batch_file << ": cannot be read\n";
      return 1;
    }
  }
  std::istream& in = file.is_open() ? static_cast<std::istream&>(file) : std::cin;
  for (std::string line; std::getline(in, line);) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    std::cout << answer_cel_line(line, &zones) << "\n";
  }
  return std::cout.flush() ? 0 : 1;
}

core::Status declare_types(CelSession& session, const std::vector<std::string>& declarations) {
  for (const std::string& text : declarations) {
    const std::size_t sign = text.find('=');
    const auto type = sign == std::string::npos ? std::nullopt : cel::parse_type(text.substr(sign + 1));
    if (!type)
      return core::fail(core::ErrorCode::invalid, text,
                        "write NAME=TYPE, as in amount=int or tags=list(string)");
    TRY_STATUS(session.declare(text.substr(0, sign), *type));
  }
  return {};
}

int explain(CelSession& session, const std::string& source, bool unchecked) {
  const auto text = session.explain(source, unchecked);
  if (text) {
    std::cout << *text;
    return 0;
  }
  print_faults(source, text.error());
  return 1;
}

int run_once(const Wishes& wishes, CelSession& session) {
  if (wishes.explain) return explain(session, wishes.expression, wishes.unchecked);
  const auto program = session.compile(wishes.expression, wishes.unchecked);
  if (!program) {
    print_faults(wishes.expression, program.error());
    return 1;
  }
  if (wishes.check) {
    std::cout << program->type().to_string() << "\n";
    return 0;
  }
  const CelSession::Answer answer = session.evaluate(wishes.expression, wishes.unchecked);
  std::cout << answer.json << "\n";
  return answer.json.starts_with("{\"error\"") ? 1 : 0;
}

constexpr const char* instructions =
    "An expression is evaluated; `name = expression` keeps its value.\n"
    ":vars lists the names, :explain EXPRESSION shows types and program, :quit (or end of input) leaves.\n";

// "name = expression": the name and the rest; nullopt for anything else.
std::optional<std::pair<std::string, std::string>> assignment(const std::string& line) {
  const std::size_t sign = line.find('=');
  if (sign == std::string::npos || sign == 0 || line.substr(sign, 2) == "==") return std::nullopt;
  std::string name = line.substr(0, sign);
  name.erase(name.find_last_not_of(' ') + 1);
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (name.empty() || !letter(name[0])) return std::nullopt;
  for (const char c : name)
    if (!letter(c) && c != '.' && !(c >= '0' && c <= '9')) return std::nullopt;
  return std::pair(name, line.substr(sign + 1));
}

void keep(CelSession& session, const std::string& name, const std::string& expression) {
  const CelSession::Answer answer = session.evaluate(expression, false);
  print_faults(expression, answer.faults);
  if (!answer.faults.empty()) return;
  if (!answer.json.starts_with("{\"value\":")) {
    std::cout << answer.shown << "\n";
    return;
  }
  json::Reader reader;
  const auto root = reader.parse("{\"" + name + "\":" + answer.json.substr(9, answer.json.size() - 10) + "}");
  const core::Status bound = root ? session.bind_all(*root) : core::Status(std::unexpected(root.error()));
  std::cout << (bound ? name + " = " + answer.shown : bound.error().to_string()) << "\n";
}

void one_line(CelSession& session, const std::string& line) {
  constexpr std::string_view explain_word = ":explain ";
  if (line == ":vars") {
    for (const std::string& name : session.environment().variable_names())
      std::cout << name << ": " << session.environment().find(name)->type.to_string() << "\n";
  } else if (line.starts_with(explain_word)) {
    explain(session, line.substr(explain_word.size()), false);
  } else if (line.starts_with(':')) {
    std::cout << instructions;
  } else if (const auto parts = assignment(line)) {
    keep(session, parts->first, parts->second);
  } else {
    const CelSession::Answer answer = session.evaluate(line, false);
    print_faults(line, answer.faults);
    if (answer.faults.empty()) std::cout << answer.shown << "\n";
  }
}

int run_interactive(CelSession& session) {
  const char* home = std::getenv("HOME");
  LineEditor editor(home == nullptr ? "" : std::string(home) + "/.tillwatch_cel_history");
  while (const auto line = editor.read("cel> ")) {
    if (*line == ":quit" || *line == ":q") break;
    if (line->find_first_not_of(" \t") != std::string::npos) one_line(session, *line);
  }
  return 0;
}

}  // namespace

int cel_command(int argc, char** argv) {
  CommandLine app{"Evaluates expressions of the rule language (CEL).", "tillwatch cel"};
  Wishes wishes;
  app.add_option("expression", wishes.expression,
                 "the expression; without one, lines are read interactively");
  app.add_option("--bindings", wishes.bindings,
                 "variables as a JSON object, or @FILE; typed values or plain JSON");
  app.add_option("--declare", wishes.declarations,
                 "NAME=TYPE: a variable without a value, or of another type");
  app.add_flag("--check", wishes.check, "only checks; prints the type");
  app.add_flag("--explain", wishes.explain, "prints the types of all parts, what is read, cost and program");
  app.add_flag("--unchecked", wishes.unchecked, "leaves type mistakes to the evaluation");
  CommandLineOption batch =
      app.add_flag("--batch", wishes.batch,
                   "reads JSON lines {\"expr\",\"bindings\",\"unchecked\"}, answers one JSON line each");
  app.add_flag("--reference", wishes.reference, "prints operators, macros, functions and bounds as Markdown");
  app.add_option("--file", wishes.batch_file, "where --batch reads (default: standard input)").needs(batch);
  if (const std::optional<int> code = app.parse(argc, argv)) return *code;
  if (wishes.reference) {
    std::cout << cel::language_reference();
    return 0;
  }
  ZoneFiles zones;
  if (wishes.batch) return run_batch(wishes, zones);
  CelSession session(&zones);
  if (const core::Status bound = bind_json(session, wishes.bindings); !bound) {
    std::cerr << "--bindings: " << bound.error().to_string() << "\n";
    return 2;
  }
  if (const core::Status declared = declare_types(session, wishes.declarations); !declared) {
    std::cerr << "--declare: " << declared.error().to_string() << "\n";
    return 2;
  }
  return wishes.expression.empty() ? run_interactive(session) : run_once(wishes, session);
}

}  // namespace tillwatch
