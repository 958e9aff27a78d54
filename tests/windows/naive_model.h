// Test code: every feature computed from a plain list of all entries, by the words of docs/windows.md and
// nothing else. Called by the module's tests as the oracle of Store. Never used by the product: its cost
// grows with all history.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "window/plan.h"
#include "window/scalar.h"

namespace tillwatch::windows {

using window::Aggregate;
using window::FeatureDefinition;
using window::FeatureState;
using window::Scalar;
using window::ValueType;
using window::WindowKind;
using window::WindowSpec;

__extension__ using Wide = __int128;
__extension__ using Quad = __float128;

// A scalar that owns its text.
struct Value {
  Scalar::Kind kind = Scalar::Kind::absent;
  std::int64_t integer = 0;
  std::string text;
  Scalar view() const { return Scalar{kind, integer, text}; }
  friend auto operator<=>(const Value&, const Value&) = default;
};

struct Entry {
  std::uint32_t kind = 0;
  core::TimeMs time = 0;
  std::uint64_t sequence = 0;
  std::vector<Value> attributes, values;
  std::vector<char> filters;
};

struct Answer {
  FeatureState state = FeatureState::empty;
  std::int64_t integer = 0;
  double real = 0;
  std::string text;
  std::vector<Value> list;
  std::uint64_t entries = 0;
};

class Model {
 public:
  void apply(const Entry& entry) { entries_.push_back(entry); }

  // What the feature is at `deciding`, which has been applied (or is only asked about).
  Answer evaluate(const FeatureDefinition& d, const Entry& deciding) const {
    Answer out;
    for (const std::uint16_t attribute : d.key) {
      if (deciding.attributes[attribute].kind == Scalar::Kind::absent) {
        out.state = FeatureState::no_key;
        return out;
      }
    }
    const std::vector<const Entry*> all = of_key(d, deciding);
    const core::TimeMs from = start_of(d.window, deciding.time);
    const core::TimeMs needed = d.history_ms == 0 ? from : deciding.time - d.history_ms;
    const core::TimeMs dropped_to = dropped(d, all);
    std::vector<const Entry*> seen, history;
    for (const Entry* x : sorted(all)) {
      if (x->time > deciding.time || !passes(d, *x, true)) continue;
      if (x->time > from) seen.push_back(x);
      if (x->time > needed) history.push_back(x);
    }
    compute(d, deciding, seen, history, out);
    const bool before = d.aggregate == Aggregate::last || d.aggregate == Aggregate::previous_n ||
                        d.aggregate == Aggregate::time_since_last;
    if (dropped_to > needed && (!before || !certain(d, deciding, seen, dropped_to))) {
      out.state = FeatureState::unknown_limit;
    }
    if (out.state == FeatureState::empty && d.empty_value) {
      out.state = FeatureState::known;
      out.integer = *d.empty_value;
      out.real = static_cast<double>(*d.empty_value);
    }
    return out;
  }

 private:
  static core::TimeMs start_of(const WindowSpec& w, core::TimeMs t) {
    if (w.kind == WindowKind::sliding) return t - w.length_ms;
    // Walk back millisecond-exact: the last instant at which the local date still differs is the exclusive
    // bound.
    const core::TimeMs local = t + w.utc_offset_minutes * core::minute_ms;
    std::int64_t day = core::floor_div(local, core::day_ms);
    if (w.kind == WindowKind::local_month) {
      const core::CivilDate today = core::civil_from_days(day);
      while (core::civil_from_days(day - 1).month == today.month) --day;
    }
    return day * core::day_ms - w.utc_offset_minutes * core::minute_ms - 1;
  }

  std::vector<const Entry*> of_key(const FeatureDefinition& d, const Entry& deciding) const {
    std::vector<const Entry*> result;
    for (const Entry& x : entries_) {
      if (x.sequence > deciding.sequence || ((d.kinds >> x.kind) & 1) == 0) continue;
      const bool same = std::all_of(d.key.begin(), d.key.end(), [&](std::uint16_t a) {
        return x.attributes[a] == deciding.attributes[a];
      });
      if (same) result.push_back(&x);
    }
    return result;
  }

  static std::vector<const Entry*> sorted(std::vector<const Entry*> list) {
    std::stable_sort(list.begin(), list.end(),
                     [](const Entry* a, const Entry* b) { return a->time < b->time; });
    return list;
  }

  // The newest entry that a key with this budget has had to let go, entries taken in the order of arrival.
  static core::TimeMs dropped(const FeatureDefinition& d, const std::vector<const Entry*>& all) {
    std::multiset<core::TimeMs> kept;
    core::TimeMs newest = std::numeric_limits<core::TimeMs>::min();
    for (const Entry* x : all) {
      if (x->time < newest) continue;
      kept.insert(x->time);
      if (kept.size() <= d.budget) continue;
      newest = std::max(newest, *kept.begin());
      kept.erase(kept.begin());
    }
    return newest;
  }

  static bool passes(const FeatureDefinition& d, const Entry& x, bool part) {
    const auto has = [&](std::optional<std::uint16_t> v) {
      return !v || x.values[*v].kind != Scalar::Kind::absent;
    };
    if (d.within && x.filters[*d.within] == 0) return false;
    if (part && d.aggregate != Aggregate::share && d.filter && x.filters[*d.filter] == 0) return false;
    return has(d.value) && has(d.weight);
  }

  static std::vector<const Entry*> strictly_before(const Entry& deciding,
                                                   const std::vector<const Entry*>& seen, std::size_t n) {
    std::vector<const Entry*> result;
    for (auto at = seen.rbegin(); at != seen.rend() && result.size() < n; ++at) {
      if ((*at)->sequence != deciding.sequence) result.push_back(*at);
    }
    return result;
  }

  static bool certain(const FeatureDefinition& d, const Entry& deciding,
                      const std::vector<const Entry*>& seen, core::TimeMs dropped_to) {
    const std::size_t n = d.aggregate == Aggregate::previous_n ? d.n : 1;
    const auto found = strictly_before(deciding, seen, n);
    return found.size() == n && found.back()->time > dropped_to;
  }

  static void set(const Value& value, Answer& out) {
    out.state = FeatureState::known;
    out.integer = value.integer;
    out.text = value.text;
  }

  static void set_sum(Wide sum, Answer& out) {
    const bool fits = sum == static_cast<std::int64_t>(sum);
    out.state = fits ? FeatureState::known : FeatureState::unknown_limit;
    out.integer = fits ? static_cast<std::int64_t>(sum) : 0;
  }

  static void set_quotient(Wide part, Wide whole, Answer& out) {
    if (whole == 0) return;
    out.state = FeatureState::known;
    out.real = static_cast<double>(static_cast<Quad>(part) / static_cast<Quad>(whole));
  }

  static void compute(const FeatureDefinition& d, const Entry& deciding,
                      const std::vector<const Entry*>& seen, const std::vector<const Entry*>& history,
                      Answer& out) {
    out.entries = seen.size();
    const auto value = [&](const Entry* x) { return x->values[*d.value]; };
    Wide sum = 0;
    std::vector<std::int64_t> numbers;
    if (d.value && d.value_type == ValueType::integer) {
      for (const Entry* x : seen) {
        numbers.push_back(value(x).integer);
        sum += numbers.back();
      }
    }
    switch (d.aggregate) {
      case Aggregate::count:
        set_sum(static_cast<Wide>(seen.size()), out);
        return;
      case Aggregate::sum:
        set_sum(sum, out);
        return;
      case Aggregate::mean:
        set_quotient(sum, static_cast<Wide>(seen.size()), out);
        return;
      case Aggregate::stddev:
        return deviation(numbers, out);
      case Aggregate::minimum:
        if (!numbers.empty()) set_sum(*std::min_element(numbers.begin(), numbers.end()), out);
        return;
      case Aggregate::maximum:
        if (!numbers.empty()) set_sum(*std::max_element(numbers.begin(), numbers.end()), out);
        return;
      case Aggregate::distinct:
        return different(d, seen, out);
      case Aggregate::share_of_first_seen:
        return first_seen(d, seen, history, out);
      case Aggregate::first:
        if (!seen.empty()) set(value(seen.front()), out);
        return;
      case Aggregate::last:
      case Aggregate::previous_n:
      case Aggregate::time_since_last:
        return before(d, deciding, seen, out);
      case Aggregate::top_k_share:
        return top(d, seen, out);
      case Aggregate::share:
        return share(d, seen, out);
    }
  }

  static void different(const FeatureDefinition& d, const std::vector<const Entry*>& seen, Answer& out) {
    std::set<Value> values;
    for (const Entry* x : seen) values.insert(x->values[*d.value]);
    set_sum(static_cast<Wide>(values.size()), out);
  }

  static void first_seen(const FeatureDefinition& d, const std::vector<const Entry*>& seen,
                         const std::vector<const Entry*>& history, Answer& out) {
    Wide fresh = 0;
    for (const Entry* x : seen) {
      const auto known = std::find_if(history.begin(), history.end(), [&](const Entry* y) {
        return y->values[*d.value] == x->values[*d.value];
      });
      fresh += *known == x ? 1 : 0;
    }
    set_quotient(fresh, static_cast<Wide>(seen.size()), out);
  }

  static void share(const FeatureDefinition& d, const std::vector<const Entry*>& seen, Answer& out) {
    Wide part = 0, whole = 0;
    for (const Entry* x : seen) {
      const Wide weight = d.value ? x->values[*d.value].integer : 1;
      whole += weight;
      if (x->filters[*d.filter] != 0) part += weight;
    }
    set_quotient(part, whole, out);
  }

  static void before(const FeatureDefinition& d, const Entry& deciding, const std::vector<const Entry*>& seen,
                     Answer& out) {
    const auto found = strictly_before(deciding, seen, d.aggregate == Aggregate::previous_n ? d.n : 1);
    out.entries = found.size();
    if (d.aggregate == Aggregate::previous_n) {
      out.state = FeatureState::known;
      for (const Entry* x : found) out.list.push_back(x->values[*d.value]);
    } else if (!found.empty() && d.aggregate == Aggregate::last) {
      set(found.front()->values[*d.value], out);
    } else if (!found.empty()) {
      set_sum(deciding.time - found.front()->time, out);
    }
  }

  static void top(const FeatureDefinition& d, const std::vector<const Entry*>& seen, Answer& out) {
    std::map<Value, Wide> weights;
    Wide total = 0;
    for (const Entry* x : seen) {
      const Wide weight = d.weight ? x->values[*d.weight].integer : 1;
      weights[x->values[*d.value]] += weight;
      total += weight;
    }
    std::vector<Wide> order;
    for (const auto& [value, weight] : weights) order.push_back(weight);
    std::sort(order.rbegin(), order.rend());
    Wide heavy = 0;
    for (std::size_t i = 0; i < order.size() && i < d.n; ++i) heavy += order[i];
    if (total > 0) set_quotient(heavy, total, out);
  }

  // Two passes around the mean, in quadruple precision: another way than the sums of the product.
  static void deviation(const std::vector<std::int64_t>& numbers, Answer& out) {
    if (numbers.size() < 2) return;
    Quad mean = 0;
    for (const std::int64_t x : numbers) mean += static_cast<Quad>(x);
    mean /= static_cast<Quad>(numbers.size());
    Quad squares = 0;
    for (const std::int64_t x : numbers)
      squares += (static_cast<Quad>(x) - mean) * (static_cast<Quad>(x) - mean);
    out.state = FeatureState::known;
    out.real = std::sqrt(static_cast<double>(squares / static_cast<Quad>(numbers.size() - 1)));
  }

  std::vector<Entry> entries_;
};

}  // namespace tillwatch::windows
