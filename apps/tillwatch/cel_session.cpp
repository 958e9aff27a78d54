// Variables and one expression. Called by cel_command and cel_batch.
#include "cel_session.h"

#include "cel/logic.h"
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

}  // namespace

core::Status CelSession::bind(std::string_view name, const cel::Value& value) {
  const auto slot = static_cast<std::uint32_t>(values_.size());
  if (environment_.find(name) != nullptr) {
    // A new declaration under an old name: the environment is made again without it.
    cel::Environment fresh = cel::Environment::standard();
    for (const std::string& other : environment_.variable_names())
      if (other != name)
        TRY_STATUS(fresh.declare(other, environment_.find(other)->type, environment_.find(other)->slot));
    environment_ = std::move(fresh);
  }
  TRY_STATUS(environment_.declare(name, declared_type(value), slot));
  values_.push_back(value);
  names_.emplace_back(name);
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

std::string CelSession::error_json(std::string_view message, cel::Place place) const {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("error").begin_object();
  writer.member("message", message).member("line", place.line).member("column", place.column);
  writer.end_object().end_object();
  return out;
}

CelSession::Answer CelSession::evaluate(std::string_view source, bool unchecked) {
  Answer answer;
  auto program = compile(source, unchecked);
  if (!program) {
    answer.faults = std::move(program).error();
    const cel::Fault& first = answer.faults.front();
    const std::string text = first.hint.empty() ? first.message : first.message + " (" + first.hint + ")";
    answer.json = error_json(text, {first.line, first.column});
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
