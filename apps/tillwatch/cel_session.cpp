// Variables and one expression. Called by cel_command and cel_batch.
#include "cel_session.h"

#include "cel/logic.h"
#include "cel/tree_text.h"
#include "cel/value_text.h"
#include "cel_typed_value.h"
#include "json/writer.h"

namespace tillwatch {
namespace {

class Slots final : public cel::Activation {
 public:
  explicit Slots(const std::vector<cel::Value>& values) : values_(values) {}
  cel::Value load(std::uint32_t slot) override {
    return slot < values_.size() ? values_[slot] : cel::Value{};
  }

 private:
  const std::vector<cel::Value>& values_;
};

std::string error_json(std::string_view message, cel::Place place) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("error").begin_object();
  writer.member("message", message).member("line", place.line).member("column", place.column);
  writer.end_object().end_object();
  return out;
}

std::string fault_json(const cel::Fault& fault) {
  const std::string text = fault.hint.empty() ? fault.message : fault.message + " (" + fault.hint + ")";
  return error_json(text, {fault.line, fault.column});
}

}  // namespace

core::Status CelSession::place(std::string_view name, const cel::Type& type, std::uint32_t slot) {
  if (environment_.find(name) != nullptr) {
    // A new declaration under an old name: the environment is made again without it.
    cel::Environment fresh = cel::Environment::standard();
    for (const std::string& other : environment_.variable_names())
      if (other != name)
        TRY_STATUS(fresh.declare(other, environment_.find(other)->type, environment_.find(other)->slot));
    environment_ = std::move(fresh);
  }
  return environment_.declare(name, type, slot);
}

core::Status CelSession::bind(std::string_view name, const cel::Value& value) {
  TRY_STATUS(place(name, declared_type(value), static_cast<std::uint32_t>(values_.size())));
  values_.push_back(value);
  names_.emplace_back(name);
  return {};
}

core::Status CelSession::declare(std::string_view name, const cel::Type& type) {
  const cel::Variable* known = environment_.find(name);
  if (known != nullptr) return place(name, type, known->slot);
  TRY_STATUS(place(name, type, static_cast<std::uint32_t>(values_.size())));
  values_.emplace_back();
  names_.emplace_back(name);
  return {};
}

core::Status CelSession::declare_all(const json::View& object) {
  if (!object.is(json::Kind::object))
    return std::unexpected(object.wrong("must be an object of names and types"));
  for (const json::Member member : object.members()) {
    TRY(text, member.value.as_string());
    const auto type = cel::parse_type(text);
    if (!type)
      return std::unexpected(
          member.value.wrong("is no type; write int, string, list(int), map(string, dyn) ..."));
    TRY_STATUS(declare(member.name, *type));
  }
  return {};
}

core::Status CelSession::bind_all(const json::View& object) {
  if (!object.is(json::Kind::object)) return std::unexpected(object.wrong("must be an object of variables"));
  for (const json::Member member : object.members()) {
    TRY(value, read_typed(member.value, store_));
    TRY_STATUS(bind(member.name, value));
  }
  return {};
}

std::expected<cel::Program, cel::Faults> CelSession::compile(std::string_view source, bool unchecked) const {
  cel::CompileOptions options;
  options.unchecked = unchecked;
  return cel::compile(source, environment_, options);
}

std::string CelSession::type_json(std::string_view source, bool unchecked) const {
  const auto program = compile(source, unchecked);
  if (!program) return fault_json(program.error().front());
  std::string out;
  json::Writer writer(out);
  writer.begin_object().member("type", program->type().to_string()).end_object();
  return out;
}

std::expected<std::string, cel::Faults> CelSession::explain(std::string_view source, bool unchecked) const {
  cel::CompileOptions options;
  options.unchecked = unchecked;
  auto tree = cel::analyze(source, environment_, options);
  if (!tree) return std::unexpected(std::move(tree).error());
  auto program = cel::compile_part(*tree, tree->root, source, environment_, options);
  if (!program) return std::unexpected(std::move(program).error());
  std::string text = "type: " + program->type().to_string() + "\nreads:";
  for (const std::uint32_t slot : program->slots_read()) {
    const std::string name = environment_.name_of_slot(slot);
    text += " " + name + " (" + environment_.find(name)->type.to_string() + ")";
  }
  text += "\ncost: " + std::to_string(program->cost()) +
          " instructions at most\nstack: " + std::to_string(program->max_stack()) + " values\ntypes:\n" +
          cel::typed_parts(*tree, source);
  return text + "program:\n" + program->disassemble();
}

CelSession::Answer CelSession::evaluate(std::string_view source, bool unchecked) {
  Answer answer;
  auto program = compile(source, unchecked);
  if (!program) {
    answer.faults = std::move(program).error();
    answer.json = fault_json(answer.faults.front());
    return answer;
  }
  arena_.reset();
  Slots slots(values_);
  const cel::Value value = cel::evaluate(*program, slots, arena_, zones_);
  if (value.is_error()) {
    answer.json = error_json(value.failure->message, cel::place_of(source, value.failure->at));
  } else if (value.is_unknown()) {
    json::Writer writer(answer.json);
    writer.begin_object().key("unknown").begin_array();
    std::uint32_t single = 0;
    for (const std::uint32_t slot : cel::slots_of(value, single)) writer.value(names_[slot]);
    writer.end_array().end_object();
  } else {
    answer.json = "{\"value\":";
    const auto written = write_typed(answer.json, value);
    answer.json += '}';
    if (!written) answer.json = error_json(written.error().detail, {});
  }
  // The value may point into the program, which ends here: what is handed out is a text.
  answer.shown = cel::to_text(value);
  return answer;
}

}  // namespace tillwatch
