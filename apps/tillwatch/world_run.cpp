#include "world_run.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <vector>

#include "crypto/hash.h"
#include "json/writer.h"
#include "spread.h"
#include "telling/teller.h"
#include "telling/writer.h"
#include "world/describe.h"
#include "world/world_file.h"
#include "world_files.h"
#include "world_live.h"

namespace tillwatch {
namespace {

using core::ErrorCode;
using traffic::Event;
using traffic::EventKind;
using traffic::Events;

// Events that a thread renders at once, and how many such texts for each thread are held before they are
// written.
constexpr std::size_t chunk_events = 2048;
constexpr std::size_t chunks_of_thread = 4;

struct Counts {
  std::uint64_t transactions = 0, outcomes = 0, labels = 0, commands = 0, duplicates = 0;
  std::uint64_t fraudulent = 0, touched = 0, planted = 0, look_alikes = 0;
  std::int64_t amount = 0, fraud_amount = 0;
};

// The files of the folder, or nothing where all is discarded. The checksum is over the entries either way.
class Folder {
 public:
  core::Status open(const std::string& path) {
    path_ = path;
    std::error_code error;
    std::filesystem::create_directories(path + "/truth", error);
    if (error) return core::fail(ErrorCode::io, path, "could not be made: " + error.message());
    open_ = true;
    entries_.open(path + "/entries.ndjson", std::ios::binary | std::ios::trunc);
    instances_.open(path + "/truth/instances.ndjson", std::ios::binary | std::ios::trunc);
    transactions_.open(path + "/truth/transactions.ndjson", std::ios::binary | std::ios::trunc);
    return {};
  }
  void entries(const std::string& text) {
    hash_.update(text);
    if (open_) entries_ << text;
  }
  void instances(const std::string& text) {
    truth_.update(text);
    if (open_) instances_ << text;
  }
  void transactions(const std::string& text) {
    truth_.update(text);
    if (open_) transactions_ << text;
  }
  std::string checksum() { return crypto::to_hex(hash_.finish()); }
  std::string truth_checksum() { return crypto::to_hex(truth_.finish()); }
  core::Status whole(const std::string& name, const std::string& text) {
    if (!open_) return {};
    std::ofstream file(path_ + "/" + name, std::ios::binary | std::ios::trunc);
    file << text;
    file.flush();
    for (std::ofstream* each : {&entries_, &instances_, &transactions_}) each->flush();
    if (file && entries_ && instances_ && transactions_) return {};
    return core::fail(ErrorCode::io, path_, "could not be written; is there room, and may you write here?");
  }

 private:
  std::string path_;
  bool open_ = false;
  std::ofstream entries_, instances_, transactions_;
  crypto::Sha256 hash_, truth_;
};

class WorldRun {
 public:
  WorldRun(const world::World& world, const telling::Cut& cut, int threads, Folder& folder, WorldFiles* files)
      : writer_(world),
        teller_(world, cut, telling::slice_purchases),
        threads_(threads),
        folder_(folder),
        files_(files) {}

  core::Status run() {
    std::vector<Events> parts(teller_.parts());
    while (teller_.begin_turn()) {
      spread(threads_, teller_.parts(), [&](std::size_t part) { teller_.tell_part(part, parts[part]); });
      teller_.end_turn(parts);
      if (!teller_.is_told()) continue;
      tell_instances();
      tell_events();
      if (files_ == nullptr) continue;
      files_->add(teller_.day(), teller_.ready());
      if (teller_.ends_day()) TRY_STATUS(files_->end_day(teller_.day()));
    }
    return {};
  }
  const Counts& counts() const { return counts_; }

 private:
  void tell_instances() {
    text_.clear();
    for (const telling::Instance& instance : teller_.begun()) {
      writer_.truth(instance, text_);
      text_.push_back('\n');
      (instance.planted ? counts_.planted : counts_.look_alikes) += 1;
    }
    folder_.instances(text_);
  }
  void tell_events() {
    const auto events = teller_.ready();
    const std::size_t at_once = chunk_events * chunks_of_thread * static_cast<std::size_t>(threads_);
    for (std::size_t from = 0; from < events.size(); from += at_once)
      write(events.subspan(from, std::min(at_once, events.size() - from)));
    text_.clear();
    for (const Event& event : events) count(event);
    folder_.transactions(text_);
  }
  void write(std::span<const Event> events) {
    const std::size_t chunks = (events.size() + chunk_events - 1) / chunk_events;
    if (texts_.size() < chunks) texts_.resize(chunks);
    spread(threads_, chunks, [&](std::size_t i) {
      std::string& text = texts_[i];
      text.clear();
      for (const Event& event :
           events.subspan(i * chunk_events, std::min(chunk_events, events.size() - i * chunk_events))) {
        writer_.event(event, text);
        text.push_back('\n');
      }
    });
    for (std::size_t i = 0; i < chunks; ++i) folder_.entries(texts_[i]);
  }
  void count(const Event& event) {
    switch (event.kind) {
      case EventKind::registry:
        ++counts_.commands;
        return;
      case EventKind::outcome:
        ++counts_.outcomes;
        return;
      case EventKind::label:
        ++counts_.labels;
        return;
      case EventKind::transaction:
        break;
    }
    ++counts_.transactions;
    counts_.amount += event.amount;
    if (event.fraud) {
      ++counts_.fraudulent;
      counts_.fraud_amount += event.amount;
    }
    if (event.instance == 0) return;
    ++counts_.touched;
    writer_.truth(event, text_);
    text_.push_back('\n');
  }

  telling::Writer writer_;
  telling::Teller teller_;
  int threads_;
  Folder& folder_;
  WorldFiles* files_;  // nullptr: none are asked for
  Counts counts_;
  std::vector<std::string> texts_;
  std::string text_;
};

core::Result<world::Settings> read_settings(const WorldOptions& options) {
  std::ifstream file(options.file, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return core::fail(ErrorCode::not_found, options.file, "cannot be read; is it a world file?");
  TRY(settings, world::read_world(text.str(), options.file));
  if (options.seed) settings.seed = *options.seed;
  return settings;
}

core::Result<world::Day> read_day(const std::string& text, const std::string& option, world::Day standard) {
  if (text.empty()) return standard;
  const auto time = core::parse_time(text + "T00:00:00Z");
  if (!time) return core::fail(ErrorCode::invalid, option, "expected a date such as 2026-03-01");
  return *time / core::day_ms;
}

core::Result<telling::Cut> read_cut(const WorldOptions& options, const world::Settings& settings) {
  telling::Cut cut;
  TRY(last, read_day(options.to, "--to", settings.first_day + settings.days - 1));
  // A server takes events of the last days at their own times: without a wish it is told two.
  const world::Day standard =
      options.live.url.empty() ? settings.first_day : std::max(settings.first_day, last - 1);
  TRY(first, read_day(options.from, "--from", standard));
  cut.first = first;
  cut.last = last;
  const world::Day end = settings.first_day + settings.days - 1;
  if (first < settings.first_day || last > end || first > last)
    return core::fail(ErrorCode::invalid, "--from, --to",
                      "have to lie within the days of the world, in order");
  if (options.city.empty()) return cut;
  for (std::size_t i = 0; i < static_cast<std::size_t>(settings.population.cities); ++i)
    if (world::cities()[i].code == options.city) cut.city = static_cast<std::uint8_t>(i);
  if (!cut.city)
    return core::fail(ErrorCode::not_found, "--city", "the world has no city with the code " + options.city);
  return cut;
}

std::string summary(const world::Settings& settings, const Counts& counts, Folder& folder,
                    WorldFiles* files) {
  std::string out;
  json::Writer json(out);
  json.begin_object()
      .member("world", settings.name)
      .member("seed", settings.seed)
      .member("days", settings.days);
  json.member("transactions", counts.transactions)
      .member("outcomes", counts.outcomes)
      .member("labels", counts.labels);
  json.member("registry_commands", counts.commands).member("amount", counts.amount);
  json.member("planted", counts.planted).member("look_alikes", counts.look_alikes);
  json.member("touched_transactions", counts.touched).member("fraudulent_transactions", counts.fraudulent);
  json.member("fraudulent_amount", counts.fraud_amount);
  if (files != nullptr) json.member("files", files->files()).member("files_sha256", files->checksum());
  json.member("entries_sha256", folder.checksum())
      .member("truth_sha256", folder.truth_checksum())
      .end_object();
  out.push_back('\n');
  return out;
}

// What a scorer has to know beside the instances: the days told, and how many merchants there are in them.
std::string scope(const world::World& world, const telling::Cut& cut) {
  std::string out;
  json::Writer json(out);
  const auto merchants = std::ranges::count_if(
      world.merchants(), [&](const world::Merchant& each) { return !cut.city || each.city == *cut.city; });
  json.begin_object().member("version", 1).member("from", core::format_time(world::instant(cut.first, 0)));
  json.member("to", core::format_time(world::instant(cut.last + 1, 0)));
  json.member("merchants", static_cast<std::int64_t>(merchants));
  json.member("utc_offset_minutes", world::utc_offset_minutes).end_object();
  out.push_back('\n');
  return out;
}

core::Status run(const WorldOptions& options) {
  TRY(settings, read_settings(options));
  TRY(cut, read_cut(options, settings));
  if (options.describe) {
    std::cout << world::describe(world::World(settings)) << std::flush;
    return {};
  }
  if (!options.live.url.empty()) return tell_live(world::World(settings), cut, options.threads, options.live);
  Folder folder;
  if (!options.discard) TRY_STATUS(folder.open(options.out));
  const world::World world(settings);
  WorldFiles files(world, cut, options.threads);
  if (options.files) TRY_STATUS(files.open(options.out));
  WorldFiles* const wanted = options.files ? &files : nullptr;
  WorldRun run(world, cut, options.threads, folder, wanted);
  TRY_STATUS(run.run());
  const std::string text = summary(settings, run.counts(), folder, wanted);
  TRY_STATUS(folder.whole("world.yaml", world::write_world(settings)));
  TRY_STATUS(folder.whole("truth/scope.json", scope(world, cut)));
  TRY_STATUS(folder.whole("summary.json", text));
  std::cout << text << std::flush;
  return {};
}

}  // namespace

int world_run(const WorldOptions& options) {
  if (options.out.empty() && !options.describe && !options.discard && options.live.url.empty()) {
    std::cerr << "simulate: say --out FOLDER, --live URL, --describe or --discard\n";
    return 2;
  }
  const core::Status done = run(options);
  if (done) return 0;
  std::cerr << "simulate: " << done.error().to_string() << '\n';
  return 1;
}

}  // namespace tillwatch
