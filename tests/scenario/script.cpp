#include "scenario/script.h"

#include <charconv>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/time.h"
#include "engine/explanation.h"
#include "payment/entry.h"
#include "scenario/desk.h"

namespace tillwatch::scenario {
namespace {

using payment::AttributeId;
using payment::EntryBuilder;
using payment::Value;

using Words = std::vector<std::string>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

// Splits at spaces; "double quotes" keep them.
Words split(std::string_view line) {
  Words words;
  std::string word;
  bool quoted = false, any = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
      any = true;
    } else if (c == ' ' && !quoted) {
      if (any) words.push_back(std::exchange(word, {}));
      any = false;
    } else {
      word.push_back(c);
      any = true;
    }
  }
  if (any) words.push_back(word);
  return words;
}

std::string with_number(std::string text, int n) {
  for (std::size_t at = text.find("{n}"); at != std::string::npos; at = text.find("{n}"))
    text.replace(at, 3, std::to_string(n));
  return text;
}

// "500.00" is 50000 minor units; "500" stays what it is.
std::string minor_units(const std::string& text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string::npos || text.size() - dot != 3) return text;
  std::string digits = text.substr(0, dot) + text.substr(dot + 1);
  const std::size_t first = digits.find_first_not_of('0');
  return first == std::string::npos ? "0" : digits.substr(first);
}

Value typed(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text == "true" || text == "false") return Value::of(text == "true");
  if (error == std::errc{} && end == text.data() + text.size()) return Value::of(number);
  return Value::of(std::string_view(text));
}

core::Error wrong(std::string detail) {
  return {core::ErrorCode::invalid, "", std::move(detail)};
}

class Script {
 public:
  Script(std::string_view name, const std::string& packs) : name_(name), packs_(packs) {}

  Result run(std::string_view text) {
    std::size_t at = 0;
    for (line_ = 1; at < text.size(); ++line_) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      const std::string_view line = text.substr(at, end - at);
      at = end + 1;
      if (line.empty() || line.front() == '#') continue;
      const core::Status done = statement(split(line));
      if (!done) {
        fail(done.error().to_string());
        break;
      }
    }
    if (result_.expectations == 0) fail("the scenario expects nothing");
    return std::move(result_);
  }

 private:
  void fail(const std::string& what) {
    result_.failures.push_back(std::string(name_) + ":" + std::to_string(line_) + ": " + what);
  }

  core::Status statement(const Words& words) {
    if (words[0] == "policy") {
      pack_ = words.size() == 2 ? words[1] : "";
      return pack_.empty() ? core::Status(std::unexpected(wrong("write: policy NAME"))) : core::Status{};
    }
    if (words[0] == "with") return defaults(words);
    if (words[0] == "expect") return expect(words);
    if (words[0] == "never") return never(words);
    if (words[0] == "sometime") return sometime(words);
    return entry(words);
  }

  core::Status defaults(const Words& words) {
    if (words.size() < 3) return std::unexpected(wrong("write: with KIND name=value ..."));
    TRY(pairs, pairs_from(words, 2));
    defaults_[words[1]] = pairs;
    return {};
  }

  core::Result<Pairs> pairs_from(const Words& words, std::size_t from) {
    Pairs pairs;
    for (std::size_t i = from; i < words.size(); ++i) {
      const std::size_t equals = words[i].find('=');
      if (equals == std::string::npos || equals == 0)
        return std::unexpected(wrong("'" + words[i] + "' is not name=value"));
      pairs.emplace_back(words[i].substr(0, equals), words[i].substr(equals + 1));
    }
    return pairs;
  }

  // [history] [repeat N every DURATION] DATE TIME KIND [...] name=value ...
  core::Status entry(Words words) {
    bool history = false;
    int times = 1;
    core::DurationMs step = 0;
    std::size_t at = 0;
    if (words[at] == "history") {
      history = true;
      ++at;
    }
    if (at < words.size() && words[at] == "repeat") {
      if (words.size() < at + 4 || words[at + 2] != "every")
        return std::unexpected(wrong("write: repeat N every DURATION DATE TIME KIND ..."));
      const auto duration = core::parse_duration(words[at + 3]);
      times = std::atoi(words[at + 1].c_str());
      if (times < 1 || times > 10'000 || !duration)
        return std::unexpected(wrong("repeat 1 to 10000 times, every duration such as 10s"));
      step = *duration;
      at += 4;
    }
    if (words.size() < at + 3) return std::unexpected(wrong("write: DATE TIME KIND name=value ..."));
    const auto time = core::parse_time(words[at] + "T" + words[at + 1] + "+08:00");
    if (!time) return std::unexpected(wrong("'" + words[at] + " " + words[at + 1] + "' is no date and time"));
    for (int n = 1; n <= times; ++n) TRY_STATUS(send(words, at + 2, *time + (n - 1) * step, history, n));
    return {};
  }

  core::Status send(const Words& words, std::size_t at, core::TimeMs time, bool history, int n) {
    if (!desk_) TRY_STATUS(open(time));
    const payment::EntryKind* kind =
        payment::find_entry_kind(words[at] == "registry" ? "registry_command" : words[at]);
    if (kind == nullptr) return std::unexpected(wrong("there is no kind '" + words[at] + "'"));
    EntryBuilder builder;
    builder.header.kind = *kind;
    builder.header.event_time = builder.header.raw_event_time = time;
    if (history) builder.header.flags |= payment::flag_history;
    builder.set(AttributeId::client, Value::of("scenario"));
    std::size_t first = at + 1;
    if (words[at] == "registry") {
      if (words.size() < at + 3) return std::unexpected(wrong("write: registry ENTITY ID field=value ..."));
      TRY_STATUS(desk_->door().put(builder, "registry.entity", words[at + 1]));
      TRY_STATUS(desk_->door().put(builder, "registry.id", with_number(words[at + 2], n)));
      TRY_STATUS(desk_->door().put(builder, "registry.action", "set"));
      first = at + 3;
    }
    Pairs pairs;
    if (const auto given = defaults_.find(words[at]); given != defaults_.end()) pairs = given->second;
    TRY(own, pairs_from(words, first));
    pairs.insert(pairs.end(), own.begin(), own.end());
    std::map<std::string, std::string> last;  // a value of the line stands above a default
    for (const auto& [name, value] : pairs) last[name] = with_number(value, n);
    for (const auto& [name, value] : last) TRY_STATUS(put(builder, *kind, name, value));
    TRY_STATUS(desk_->door().finish(builder));
    now_ = std::max(now_, time);
    TRY(answer, desk_->submit(builder, now_));
    if (answer.decided) {
      ++result_.decisions;
      decisions_.push_back(std::move(answer.decision));
    }
    return {};
  }

  core::Status put(EntryBuilder& builder, payment::EntryKind kind, const std::string& name,
                   const std::string& value) {
    door::Door& door = desk_->door();
    if (value.empty()) return {};  // takes a default away
    if (name == "card") return door.put_card_token(builder, "scenario", value);
    if (kind == payment::EntryKind::registry_command && name != "id") {
      const std::string amount = minor_units(value);
      return door.put_field(builder, name, typed(amount));
    }
    return door.put(builder, name, name == "amount" ? minor_units(value) : value);
  }

  core::Status open(core::TimeMs time) {
    if (pack_.empty()) return std::unexpected(wrong("the first line is: policy NAME"));
    TRY(desk, Desk::open(packs_ + "/" + pack_, time));
    desk_ = std::move(desk);
    now_ = time;
    return {};
  }

  static bool fired(const engine::Decision& decision, const std::string& rule) {
    for (const engine::RuleHit& hit : decision.hits)
      if (hit.rule == rule && !hit.shadow) return true;
    return false;
  }

  std::string in_words(const engine::Decision& decision) const {
    std::string words = std::string(engine::name_of(decision.proposed.authorisation)) + ", " +
                        std::string(engine::name_of(decision.proposed.settlement)) + ", " +
                        std::string(engine::name_of(decision.proposed.subject));
    for (const engine::RuleHit& hit : decision.hits)
      words +=
          "; " + hit.rule + ": " + engine::words(desk_->bundle(), hit, decision, engine::Language::english);
    if (decision.rule_errors != 0) words += "; " + std::to_string(decision.rule_errors) + " rules failed";
    for (const std::string& name : decision.not_seen) words += "; not seen: " + name;
    return words;
  }

  core::Status expect(const Words& words) {
    if (decisions_.empty()) return std::unexpected(wrong("nothing has been decided yet"));
    const engine::Decision& decision = decisions_.back();
    for (std::size_t i = 1; i < words.size(); ++i) {
      ++result_.expectations;
      bool met = false;
      if (words[i] == "quiet") {
        met = decision.proposed.quiet() && decision.hits.empty() && decision.standing.empty();
      } else if (words[i] == "value") {
        if (++i == words.size()) return std::unexpected(wrong("write: value NAME=NUMBER"));
        TRY(pair, pairs_from({words[i]}, 0));
        met = value_is(decision, pair.front().first, pair.front().second);
      } else {
        TRY(pair, pairs_from({words[i]}, 0));
        TRY(holds, holds(decision, pair.front().first, pair.front().second));
        met = holds;
      }
      if (!met) fail("expected " + words[i] + ", got: " + in_words(decision));
    }
    return {};
  }

  core::Result<bool> holds(const engine::Decision& decision, const std::string& name,
                           const std::string& value) {
    if (name == "authorisation") return engine::name_of(decision.proposed.authorisation) == value;
    if (name == "settlement") return engine::name_of(decision.proposed.settlement) == value;
    if (name == "subject") return engine::name_of(decision.proposed.subject) == value;
    if (name == "rule") return fired(decision, value);
    if (name == "not") return !fired(decision, value);
    if (name == "standing") {
      for (const engine::StandingHit& hit : decision.standing)
        if (hit.name == value) return true;
      return false;
    }
    return std::unexpected(wrong(
        "'" + name +
        "' cannot be expected; known are authorisation, settlement, subject, rule, not, standing, value"));
  }

  static bool value_is(const engine::Decision& decision, const std::string& name, const std::string& value) {
    for (const engine::Reading& reading : decision.readings) {
      if (reading.name != name) continue;
      switch (reading.type) {
        case engine::Reading::Type::integer:
          return std::to_string(reading.integer) == minor_units(value);
        case engine::Reading::Type::decimal:
          return std::abs(reading.decimal - std::atof(value.c_str())) < 1e-9;
        case engine::Reading::Type::boolean:
          return (reading.integer != 0 ? "true" : "false") == value;
        case engine::Reading::Type::text:
        case engine::Reading::Type::list:
          return reading.text == value;
        case engine::Reading::Type::none:
          return value == "none";
      }
    }
    return false;
  }

  core::Status never(const Words& words) {
    for (std::size_t i = 1; i < words.size(); ++i) {
      ++result_.expectations;
      if (!known_rule(words[i])) return std::unexpected(wrong("the pack has no rule '" + words[i] + "'"));
      for (const engine::Decision& decision : decisions_)
        if (fired(decision, words[i])) {
          fail(words[i] + " fired: " + in_words(decision));
          break;
        }
    }
    return {};
  }

  core::Status sometime(const Words& words) {
    for (std::size_t i = 1; i < words.size(); ++i) {
      ++result_.expectations;
      if (!known_rule(words[i])) return std::unexpected(wrong("the pack has no rule '" + words[i] + "'"));
      bool any = false;
      for (const engine::Decision& decision : decisions_) any = any || fired(decision, words[i]);
      if (!any)
        fail(words[i] +
             " never fired; last: " + (decisions_.empty() ? "nothing" : in_words(decisions_.back())));
    }
    return {};
  }

  bool known_rule(const std::string& id) const {
    if (!desk_) return false;
    for (const policy::RuleDefinition& rule : desk_->bundle().model().rules)
      if (rule.id == id) return true;
    return false;
  }

  std::string_view name_;
  const std::string& packs_;
  std::string pack_;
  std::unique_ptr<Desk> desk_;
  std::map<std::string, Pairs> defaults_;
  std::vector<engine::Decision> decisions_;
  core::TimeMs now_ = 0;
  int line_ = 0;
  Result result_;
};

}  // namespace

Result run_script(std::string_view name, std::string_view text, const std::string& packs) {
  return Script(name, packs).run(text);
}

}  // namespace tillwatch::scenario
