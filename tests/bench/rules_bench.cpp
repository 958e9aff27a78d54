// 500 rules of 2 to 6 terms over 120 attributes, as a RuleSet, as one program each, and as hand-written C++
// of the same rules. Run by script/bench-rules. Every answer is compared before anything is measured.
//   rules_bench --write FILE    rules, events and answers as JSON, for a peer
//   rules_bench --pack FILE     the rules as a policy
//   rules_bench                 one round: CPU nanoseconds per event, one line each
#include <array>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

#include "cel/program.h"
#include "cel/rule_set.h"
#include "core/check.h"
#include "rules_world.h"

#include "cel_rules.inc"

namespace {

using namespace tillwatch::cel;
using rules_world::Event;

constexpr std::size_t rule_count = std::size(rule_sources);
constexpr std::size_t attributes = rules_world::attribute_count;
constexpr std::size_t event_count = 256;
using Fired = std::array<bool, rule_count>;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

Value value_of(const Event& event, int attribute) {
  if (!event.has[attribute]) return {};
  const int at = attribute - rules_world::first_of(rules_world::type_of(attribute));
  switch (rules_world::type_of(attribute)) {
    case rules_world::Type::integer:
      return Value::integer(event.integers[at]);
    case rules_world::Type::real:
      return Value::real(event.reals[at]);
    case rules_world::Type::text:
      return Value::text(event.texts[at]);
    case rules_world::Type::boolean:
      break;
  }
  return Value::boolean(event.flags[at]);
}

Type type_of(int attribute) {
  switch (rules_world::type_of(attribute)) {
    case rules_world::Type::integer:
      return Type::integer();
    case rules_world::Type::real:
      return Type::real();
    case rules_world::Type::text:
      return Type::text();
    case rules_world::Type::boolean:
      break;
  }
  return Type::boolean();
}

class Slots final : public Activation {
 public:
  void show(const Value* values) { values_ = values; }
  Value load(std::uint32_t slot) override { return values_[slot]; }

 private:
  const Value* values_ = nullptr;
};

class World {
 public:
  World() : environment(Environment::standard()), events(rules_world::make_events(event_count)) {
    for (int i = 0; i < rules_world::attribute_count; ++i)
      CHECK(environment.declare("a" + std::to_string(i), type_of(i), static_cast<std::uint32_t>(i))
                .has_value());
    for (const Event& event : events)
      for (int i = 0; i < rules_world::attribute_count; ++i) values_.push_back(value_of(event, i));
    const double before = cpu_seconds();
    for (const char* source : rule_sources) CHECK(set.add(source, environment).has_value());
    set.arrange([](std::uint32_t) { return true; });
    seconds_to_load = cpu_seconds() - before;
  }
  std::span<const Value> slots(std::size_t event) const {
    return {values_.data() + event * attributes, attributes};
  }

  Environment environment;
  std::vector<Event> events;
  RuleSet set;
  double seconds_to_load = 0;

 private:
  std::vector<Value> values_;
};

// Whether a rule fires: its verdict tells, or its answer does.
template <class Answer>
bool holds(Verdict verdict, Answer answer) {
  return verdict == Verdict::open ? answer().is_true() : verdict == Verdict::is_true;
}

// The four ways to judge one event. The engine's way is through an Activation.
class Judges {
 public:
  explicit Judges(const World& world) : world_(world), arena_(1 << 20) {}

  void by_hand(std::size_t event, Fired& fired) { judge_by_hand(world_.events[event], fired.data()); }
  void as_a_set(std::size_t event, Fired& fired) {
    const auto slots = world_.slots(event);
    arena_.reset();
    world_.set.begin(slots, planes_);
    for (std::uint32_t rule = 0; rule < rule_count; ++rule)
      fired[rule] = holds(world_.set.verdict(rule, planes_),
                          [&] { return world_.set.evaluate(rule, slots, arena_, planes_); });
  }
  void as_an_activation(std::size_t event, Fired& fired) {
    activation_.show(world_.slots(event).data());
    arena_.reset();
    world_.set.begin(activation_, planes_);
    for (std::uint32_t rule = 0; rule < rule_count; ++rule)
      fired[rule] = holds(world_.set.verdict(rule, planes_),
                          [&] { return world_.set.evaluate(rule, activation_, arena_, planes_); });
  }
  void one_by_one(std::size_t event, Fired& fired) {
    const auto slots = world_.slots(event);
    for (std::uint32_t rule = 0; rule < rule_count; ++rule) {
      arena_.reset();
      fired[rule] = evaluate(*world_.set.program(rule), slots, arena_).is_true();
    }
  }

 private:
  const World& world_;
  Slots activation_;
  Arena arena_;
  PredicatePlanes planes_;
};

using Judge = void (Judges::*)(std::size_t, Fired&);

double nanoseconds(Judges& judges, Judge judge) {
  constexpr double seconds = 0.15;
  Fired fired{};
  std::size_t events = 0;
  const double start = cpu_seconds();
  double taken = 0;
  while ((taken = cpu_seconds() - start) < seconds) {
    for (std::size_t event = 0; event < event_count; ++event) {
      (judges.*judge)(event, fired);
      asm volatile("" : : "r"(fired.data()) : "memory");
    }
    events += event_count;
  }
  return taken * 1e9 / static_cast<double>(events);
}

void write_json(const World& world, const std::vector<Fired>& answers, std::ostream& out) {
  const char* const types[] = {"int", "double", "string", "bool"};
  out << "{\"attributes\": [";
  for (int i = 0; i < rules_world::attribute_count; ++i)
    out << (i == 0 ? "" : ", ") << '"' << types[static_cast<int>(rules_world::type_of(i))] << '"';
  out << "],\n\"rules\": [";
  for (std::size_t i = 0; i < rule_count; ++i)
    out << (i == 0 ? "\n" : ",\n") << '"' << rule_sources[i] << '"';
  out << "],\n\"events\": [";
  for (std::size_t event = 0; event < event_count; ++event) {
    out << (event == 0 ? "\n{" : ",\n{");
    bool first = true;
    for (std::uint32_t i = 0; i < attributes; ++i) {
      const Value value = world.slots(event)[i];
      if (value.is(Kind::absent)) continue;
      out << (first ? "" : ", ") << "\"a" << i << "\": ";
      first = false;
      if (value.is(Kind::integer)) out << value.i;
      if (value.is(Kind::real)) out << value.d;
      if (value.is(Kind::text)) out << '"' << value.view() << '"';
      if (value.is(Kind::boolean)) out << (value.truth() ? "true" : "false");
    }
    out << "}";
  }
  out << "],\n\"fired\": [";
  for (std::size_t event = 0; event < event_count; ++event) {
    out << (event == 0 ? "\n\"" : ",\n\"");
    for (const bool fired : answers[event]) out << (fired ? '1' : '0');
    out << '"';
  }
  out << "]}\n";
}

void write_pack(std::ostream& out) {
  const char* const types[] = {"int", "double", "string", "bool"};
  out << "policy: bench\nversion: 1\nauthority: acquirer\nattributes:\n";
  for (int i = 0; i < rules_world::attribute_count; ++i)
    out << "  - {name: a" << i << ", type: " << types[static_cast<int>(rules_world::type_of(i))] << "}\n";
  out << "rules:\n";
  for (std::size_t i = 0; i < rule_count; ++i)
    out << "  - id: R" << i << "\n    typology: T99\n    title: {en: Rule " << i << ", zh: 规则 " << i
        << "}\n    when: >-\n      " << rule_sources[i]
        << "\n    action: {authorisation: challenge}\n    reason: bench\n    text: {en: matched, zh: 命中}\n";
}

// All four agree on every event; the answers.
std::vector<Fired> compared(Judges& judges) {
  std::vector<Fired> answers(event_count);
  for (std::size_t event = 0; event < event_count; ++event) {
    judges.by_hand(event, answers[event]);
    for (const Judge judge : {&Judges::as_a_set, &Judges::as_an_activation, &Judges::one_by_one}) {
      Fired other{};
      (judges.*judge)(event, other);
      CHECK(other == answers[event]);
    }
  }
  return answers;
}

}  // namespace

int main(int argc, char** argv) {
  const World world;
  Judges judges(world);
  const std::vector<Fired> answers = compared(judges);
  if (argc == 3) {
    std::ofstream out(argv[2]);
    std::strcmp(argv[1], "--pack") == 0 ? write_pack(out) : write_json(world, answers, out);
    return out.flush() ? 0 : 1;
  }
  if (argc != 1) return 2;
  std::size_t fired = 0;
  for (const Fired& answer : answers)
    for (const bool one : answer) fired += one ? 1 : 0;
  std::printf("# %zu rules, %zu predicates, %zu events, %.1f rules fire per event, loaded in %.1f ms\n",
              rule_count, world.set.predicates(), event_count,
              static_cast<double>(fired) / static_cast<double>(event_count), world.seconds_to_load * 1e3);
  std::printf("hand-written C++: %.1f\n", nanoseconds(judges, &Judges::by_hand));
  std::printf("rule set: %.1f\n", nanoseconds(judges, &Judges::as_a_set));
  std::printf("rule set, through an activation: %.1f\n", nanoseconds(judges, &Judges::as_an_activation));
  std::printf("one program per rule: %.1f\n", nanoseconds(judges, &Judges::one_by_one));
  return 0;
}
