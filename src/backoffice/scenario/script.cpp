#include "scenario/script.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "core/time.h"
#include "payment/entry.h"
#include "scenario/expectation.h"
#include "scenario/line.h"
#include "yaml/yaml.h"

namespace tillwatch::scenario {
namespace {

using payment::AttributeId;
using payment::EntryBuilder;
using payment::EntryKind;
using payment::Value;

constexpr int repetitions_max = 10'000;

// The lines of a text, one after the other.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}
  bool next(std::string_view& line) {
    if (at_ >= text_.size()) return false;
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    line = text_.substr(at_, end - at_);
    at_ = end + 1;
    return true;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

class Script {
 public:
  Script(std::string_view name, std::shared_ptr<const policy::Bundle> bundle, const OpenDesk& open_desk)
      : name_(name), bundle_(std::move(bundle)), open_desk_(open_desk) {}

  Result run(std::string_view text) {
    find_values(text);
    Lines lines(text);
    std::string_view line;
    for (line_ = 1; lines.next(line); ++line_) {
      const core::Result<Words> words = split(line);
      const core::Status done = words ? statement(*words) : std::unexpected(words.error());
      if (done) continue;
      fail(done.error().where.empty() ? done.error().detail
                                      : done.error().where + ": " + done.error().detail);
      return std::move(result_);
    }
    if (result_.expectations == 0) fail("the scenario expects nothing; end it with a line: expect ...");
    return std::move(result_);
  }

 private:
  void fail(const std::string& what) {
    result_.failures.push_back(std::string(name_) + ":" + std::to_string(line_) + ": " + what);
  }

  // What later lines ask for has to be read when the entry is decided.
  void find_values(std::string_view text) {
    Lines lines(text);
    std::string_view line;
    while (lines.next(line)) {
      const core::Result<Words> words = split(line);
      if (!words || words->empty() || words->front() != "expect") continue;
      for (const std::string& name : values_asked_for(*words)) {
        const std::int64_t slot = bundle_->find_slot(name);
        if (slot >= 0 && std::ranges::find(slots_, slot) == slots_.end())
          slots_.push_back(static_cast<std::uint32_t>(slot));
      }
    }
  }

  core::Status statement(const Words& words) {
    if (words.empty()) return {};
    if (words[0] == "policy") return check_pack(words);
    if (words[0] == "with") return defaults(words);
    if (words[0] == "expect") return expect(words);
    if (words[0] == "never") return never(words);
    if (words[0] == "sometime") return sometime(words);
    return entry(words);
  }

  core::Status check_pack(const Words& words) const {
    if (words.size() != 2) return std::unexpected(wrong("write: policy NAME"));
    if (words[1] == bundle_->model().name) return {};
    return std::unexpected(
        wrong("this scenario is of policy '" + words[1] + "', not of '" + bundle_->model().name + "'"));
  }

  core::Status defaults(const Words& words) {
    if (words.size() < 3) return std::unexpected(wrong("write: with KIND name=value ..."));
    TRY(pairs, pairs_from(words, 2));
    defaults_[words[1]] = pairs;
    return {};
  }

  // [history] [repeat N every DURATION] DATE TIME KIND [...] name=value ...
  core::Status entry(const Words& words) {
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
      const std::string& count = words[at + 1];
      const auto [end, error] = std::from_chars(count.data(), count.data() + count.size(), times);
      if (error != std::errc{} || end != count.data() + count.size() || times < 1 ||
          times > repetitions_max || !duration)
        return std::unexpected(wrong("repeat 1 to 10000 times, every duration such as 10s"));
      step = *duration;
      at += 4;
    }
    if (words.size() < at + 3)
      return std::unexpected(
          wrong("'" + words[0] +
                "' begins no line of a scenario; write DATE TIME KIND name=value ..., or policy, with, "
                "history, repeat, expect, never, sometime"));
    // Local time at the pack's offset.
    const auto local = core::parse_time(words[at] + "T" + words[at + 1] + "Z");
    if (!local)
      return std::unexpected(
          wrong("'" + words[at] + " " + words[at + 1] + "' is no date and time; write 2026-07-03 14:05:00"));
    const core::TimeMs time = *local - bundle_->model().utc_offset_minutes * core::minute_ms;
    for (int n = 1; n <= times; ++n) TRY_STATUS(send(words, at + 2, time + (n - 1) * step, history, n));
    return {};
  }

  core::Result<EntryKind> kind_of(const std::string& word) const {
    if (word == "registry") return EntryKind::registry_command;
    if (word == "list") return EntryKind::list_change;
    const EntryKind* kind = payment::find_entry_kind(word);
    if (kind != nullptr) return *kind;
    return std::unexpected(wrong("there is no kind '" + word +
                                 "'; it is transaction, outcome, label, terminal_status, log_in, advert, "
                                 "registry or list"));
  }

  core::Status send(const Words& words, std::size_t at, core::TimeMs time, bool history, int n) {
    if (!desk_) TRY_STATUS(open(time));
    TRY(kind, kind_of(words[at]));
    EntryBuilder builder;
    builder.header.kind = kind;
    builder.header.event_time = builder.header.raw_event_time = time;
    if (history) builder.header.flags |= payment::flag_history;
    builder.set(AttributeId::client, Value::of("scenario"));
    std::size_t first = at + 1;
    if (words[at] == "registry") TRY_STATUS(begin_registry(words, first, n, builder));
    if (words[at] == "list") TRY_STATUS(begin_list(words, first, n, builder));
    Pairs pairs;
    if (const auto given = defaults_.find(words[at]); given != defaults_.end()) pairs = given->second;
    TRY(own, pairs_from(words, first));
    pairs.insert(pairs.end(), own.begin(), own.end());
    std::map<std::string, std::string> last;  // a value of the line stands above a default
    for (const auto& [name, value] : pairs) last[name] = with_number(value, n);
    for (const auto& [name, value] : last) TRY_STATUS(put(builder, kind, name, value));
    TRY_STATUS(desk_->door().finish(builder));
    TRY_STATUS(check_id(builder));
    now_ = std::max(now_, time);
    TRY(answer, desk_->submit(builder, now_, slots_));
    if (answer.decided) {
      ++result_.decisions;
      decisions_.push_back({std::move(answer.decision), slots_, std::move(answer.readings)});
    }
    return {};
  }

  // registry ENTITY ID field=value ...
  core::Status begin_registry(const Words& words, std::size_t& at, int n, EntryBuilder& builder) {
    if (words.size() < at + 2 || words[at].contains('=') || words[at + 1].contains('='))
      return std::unexpected(wrong("write: registry ENTITY ID field=value ..."));
    TRY_STATUS(desk_->door().put(builder, "registry.entity", words[at]));
    TRY_STATUS(desk_->door().put(builder, "registry.id", with_number(words[at + 1], n)));
    TRY_STATUS(desk_->door().put(builder, "registry.action", "set"));
    at += 2;
    return {};
  }

  // list NAME add|remove VALUE; card=TOKEN is a value of a list of cards.
  core::Status begin_list(const Words& words, std::size_t& at, int n, EntryBuilder& builder) {
    if (words.size() < at + 3 || (words[at + 1] != "add" && words[at + 1] != "remove"))
      return std::unexpected(wrong("write: list NAME add VALUE, or list NAME remove VALUE"));
    const auto& lists = bundle_->model().lists;
    if (std::ranges::find(lists, words[at], &policy::ListDefinition::name) == lists.end())
      return std::unexpected(wrong("the pack has no list '" + words[at] + "'"));
    std::string value = with_number(words[at + 2], n);
    EntryBuilder card;
    if (value.starts_with("card=")) {
      TRY_STATUS(desk_->door().put_card_token(card, "scenario", value.substr(5)));
      TRY_STATUS(desk_->door().finish(card));
      value = card.get(AttributeId::card_reference).text();
    }
    builder.set(AttributeId::list_name, Value::of(std::string_view(words[at])));
    builder.set(AttributeId::list_action, Value::of(std::string_view(words[at + 1])));
    builder.set(AttributeId::list_value, Value::of(std::string_view(value)));
    builder.set(AttributeId::list_owner, Value::of("scenario"));
    at += 3;
    return {};
  }

  // An id may be left out; given twice it would be a repetition, which decides nothing.
  core::Status check_id(EntryBuilder& builder) {
    ++entries_;
    const Value id = builder.get(AttributeId::id);
    if (id.absent()) {
      builder.set(AttributeId::id, Value::of(std::string_view("scenario-" + std::to_string(entries_))));
      return {};
    }
    if (ids_.emplace(builder.header.kind, std::string(id.text())).second) return {};
    return std::unexpected(wrong("id=" + std::string(id.text()) +
                                 " was used before; leave the id out, or write id=a{n} in a repetition"));
  }

  core::Status put(EntryBuilder& builder, EntryKind kind, const std::string& name, const std::string& value) {
    door::Door& door = desk_->door();
    if (value.empty()) return {};  // takes a default away
    if (name == "card") return door.put_card_token(builder, "scenario", value);
    if (kind == EntryKind::registry_command && name != "id") {
      const std::string amount = minor_units(value);
      return door.put_field(builder, name, typed(amount));
    }
    const payment::AttributeInfo* info = payment::find_attribute(name);
    if (info == nullptr && !name.starts_with("card.") && !name.starts_with("location."))
      return put_own(builder, name, value);
    const bool money = info != nullptr && info->unit == payment::Unit::money_minor;
    return door.put(builder, name, money ? minor_units(value) : value);
  }

  // An attribute of the site's own has the type that the pack says.
  core::Status put_own(EntryBuilder& builder, const std::string& name, const std::string& value) {
    std::vector<std::string> known{"card", "card.number"};
    for (const policy::AttributeDefinition& own : bundle_->model().attributes) {
      known.push_back(own.name);
      if (own.name != name) continue;
      if (own.type == policy::ScalarType::text) return desk_->door().put(builder, name, value);
      if (own.type != policy::ScalarType::decimal)
        return desk_->door().put_field(builder, name, typed(value));
      double number = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
      if (error == std::errc{} && end == value.data() + value.size())
        return desk_->door().put_field(builder, name, Value::of(number));
      return std::unexpected(wrong("'" + value + "' is no number, which '" + name + "' is"));
    }
    for (const payment::AttributeInfo& info : payment::attributes()) known.emplace_back(info.name);
    const std::string near = yaml::nearest(name, known);
    return std::unexpected(wrong("there is no attribute '" + name + "'" +
                                 (near.empty() ? "; a site's own stand under `attributes` of the pack"
                                               : "; did you mean '" + near + "'?")));
  }

  core::Status open(core::TimeMs time) {
    TRY(desk, open_desk_(bundle_, time));
    desk_ = std::move(desk);
    now_ = time;
    return {};
  }

  core::Status expect(const Words& words) {
    if (decisions_.empty()) return std::unexpected(wrong("nothing has been decided yet"));
    if (words.size() < 2)
      return std::unexpected(wrong("write what is expected: expect quiet, expect rule=ID"));
    for (std::size_t at = 1; at < words.size();) {
      ++result_.expectations;
      const std::size_t from = at;
      TRY(other, judge(*bundle_, decisions_.back(), words, at));
      const std::string what = words[from] == "value" ? "value " + words[from + 1] : words[from];
      if (other)
        fail("expected " + what + ", got " + *other);
      else
        note(words[from]);
    }
    return {};
  }

  void note(const std::string& word) {
    if (word.starts_with("rule=") || word.starts_with("shadow="))
      result_.hit.insert(word.substr(word.find('=') + 1));
    if (word.starts_with("not=")) result_.spared.insert(word.substr(4));
  }

  core::Status never(const Words& words) {
    for (std::size_t i = 1; i < words.size(); ++i) {
      ++result_.expectations;
      TRY_STATUS(known_rule(words[i]));
      const auto at = std::ranges::find_if(
          decisions_, [&](const Observed& observed) { return fired(observed.decision, words[i]); });
      if (at != decisions_.end())
        fail("expected that " + words[i] + " never matches, got " + in_words(*bundle_, at->decision));
      else
        result_.spared.insert(words[i]);
    }
    return {};
  }

  core::Status sometime(const Words& words) {
    for (std::size_t i = 1; i < words.size(); ++i) {
      ++result_.expectations;
      TRY_STATUS(known_rule(words[i]));
      if (std::ranges::any_of(decisions_,
                              [&](const Observed& observed) { return fired(observed.decision, words[i]); }))
        result_.hit.insert(words[i]);
      else
        fail("expected that " + words[i] + " matches sometime, it never did; the last decision: " +
             (decisions_.empty() ? "none" : in_words(*bundle_, decisions_.back().decision)));
    }
    return {};
  }

  core::Status known_rule(const std::string& id) const {
    const auto& rules = bundle_->model().rules;
    if (std::ranges::find(rules, id, &policy::RuleDefinition::id) != rules.end()) return {};
    return std::unexpected(wrong("the pack has no rule '" + id + "'"));
  }

  std::string_view name_;
  std::shared_ptr<const policy::Bundle> bundle_;
  const OpenDesk& open_desk_;
  std::unique_ptr<Desk> desk_;
  std::map<std::string, Pairs> defaults_;
  std::vector<Observed> decisions_;
  std::vector<std::uint32_t> slots_;
  std::set<std::pair<EntryKind, std::string>> ids_;
  core::TimeMs now_ = 0;
  int line_ = 0;
  int entries_ = 0;
  Result result_;
};

}  // namespace

Result run_script(std::string_view name, std::string_view text,
                  const std::shared_ptr<const policy::Bundle>& bundle, const OpenDesk& open_desk) {
  return Script(name, bundle, open_desk).run(text);
}

std::string pack_named_in(std::string_view text) {
  Lines lines(text);
  std::string_view line;
  while (lines.next(line)) {
    const core::Result<Words> words = split(line);
    if (words && words->size() == 2 && words->front() == "policy") return (*words)[1];
  }
  return {};
}

}  // namespace tillwatch::scenario
