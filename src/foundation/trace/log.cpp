#include "trace/log.h"

#include <utility>

#include "json/writer.h"

namespace tillwatch::trace {

std::string_view name_of(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warning:
      return "warning";
    case Level::error:
      return "error";
  }
  return "unknown";
}

std::string_view name_of(FieldName name) {
  switch (name) {
    case FieldName::act:
      return "act";
    case FieldName::address:
      return "address";
    case FieldName::bytes:
      return "bytes";
    case FieldName::client:
      return "client";
    case FieldName::code:
      return "code";
    case FieldName::count:
      return "count";
    case FieldName::detail:
      return "detail";
    case FieldName::duration_ms:
      return "duration_ms";
    case FieldName::epoch:
      return "epoch";
    case FieldName::key:
      return "key";
    case FieldName::path:
      return "path";
    case FieldName::policy:
      return "policy";
    case FieldName::sequence:
      return "sequence";
    case FieldName::status:
      return "status";
    case FieldName::version:
      return "version";
  }
  return "unknown";
}

Log::Log(ports::Clock& clock, Sink sink, Net net, Level least)
    : clock_(clock), sink_(std::move(sink)), net_(std::move(net)), least_(least) {}

void Log::write(Level level, std::string_view event, std::initializer_list<Field> fields) {
  if (level < least_) return;
  line_.clear();
  json::Writer out(line_);
  out.begin_object();
  out.member("time", core::format_time(clock_.now()));
  out.member("level", name_of(level));
  out.member("event", event);
  for (const Field& field : fields) {
    out.key(name_of(field.name));
    if (const auto* text = std::get_if<std::string>(&field.value)) {
      std::string safe = *text;
      // Digits of a hash can look like a card; a mask inside one would only confuse.
      if (field.name != FieldName::policy) caught_ += net_(safe);
      out.value(std::string_view(safe));
    } else if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
      out.value(*number);
    } else if (const auto* count = std::get_if<std::uint64_t>(&field.value)) {
      out.value(*count);
    } else {
      out.value(std::get<bool>(field.value));
    }
  }
  out.end_object();
  line_ += '\n';
  sink_(line_);
}

}  // namespace tillwatch::trace
