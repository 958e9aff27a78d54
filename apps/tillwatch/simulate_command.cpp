#include "simulate_command.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>

#include "command_line.h"
#include "core/error.h"
#include "live_run.h"
#include "score_run.h"
#include "simulator/day.h"
#include "simulator/scheme.h"
#include "simulator/world.h"
#include "simulator/writer.h"
#include "world/world_file.h"
#include "world_run.h"

namespace tillwatch {
namespace {

using simulator::Config;
using simulator::Day;
using simulator::World;

struct Wishes {
  Config config;
  simulator::WriterOptions writer;
  std::string first_day;
  std::string ends;
  std::string out;
  std::string history;
  std::string truth;
  LiveOptions live;
  WorldOptions world;
  ScoreOptions score;
  bool schema = false;
};

// Options of the demo's cast: a world file says by itself what they say.
constexpr auto of_the_cast =
    std::to_array<const char*>({"--days", "--merchants", "--history-days", "--planted", "--look-alikes",
                                "--first-day", "--ends", "--card-numbers", "--history", "--truth"});

std::string cast_option_with_world(const CommandLine& app) {
  for (const char* option : of_the_cast)
    if (app.given(option)) return option;
  return {};
}

void add_world_options(CommandLine& app, Wishes& wishes) {
  Config& config = wishes.config;
  app.add_option("--seed", config.seed, "the world's number: the same seed, the same bytes").show_default();
  app.add_option("--days", config.days, "days of the stream, 1 to 3660").show_default();
  app.add_option("--merchants", config.merchants, "ordinary merchants, beside the cast").show_default();
  app.add_option("--history-days", config.history_days, "days of trade before the stream").show_default();
  app.add_option("--planted", config.planted, "planted instances of each typology, 0 to 100").show_default();
  app.add_option("--look-alikes", config.look_alikes, "look-alikes for each planted instance, 0 to 20")
      .show_default();
  app.add_option("--first-day", wishes.first_day, "first day of the stream, YYYY-MM-DD (default 2026-07-01)");
  app.add_option("--ends", wishes.ends,
                 "moves the whole world by days, so that its last day is yesterday or today")
      .one_of({"yesterday", "today"});
  app.add_flag("--card-numbers", wishes.writer.card_numbers,
               "whole numbers from public test ranges instead of tokens");
}

void add_world_file_options(CommandLine& app, Wishes& wishes) {
  WorldOptions& world = wishes.world;
  CommandLineOption file = app.add_option(
      "WORLD", world.file, "a world file (docs/simulator.md); without one, the demo's small cast");
  app.add_flag("--schema", wishes.schema, "prints the JSON Schema of world files, and ends");
  app.add_flag("--describe", world.describe, "says in words what the world file draws, and ends").needs(file);
  app.add_option("--threads", world.threads, "that tell the world; the bytes do not depend on it")
      .needs(file)
      .between(1, 64)
      .show_default();
  app.add_option("--from", world.from,
                 "first day told of the world, YYYY-MM-DD; cuts without changing the rest")
      .needs(file);
  app.add_option("--to", world.to, "last day told of the world").needs(file);
  app.add_option("--city", world.city, "tells this city only (its code, such as 1101)").needs(file);
  CommandLineOption discard =
      app.add_flag("--discard", world.discard, "writes nothing but the summary").needs(file);
  app.add_flag("--files", world.files,
               "also writes what agents get: day files in four grades, registers, shares, notices")
      .needs(file)
      .excludes(discard);
}

void add_score_options(CommandLine& app, Wishes& wishes) {
  ScoreOptions& score = wishes.score;
  CommandLineOption inputs =
      app.add_option("--score", score.inputs,
                     "TRUTH FINDINGS: judges findings (docs/formats/findings.md) by a truth folder")
          .words(2);
  app.add_option("--budget", score.budget, "findings that are looked at a day")
      .needs(inputs)
      .between(1, 1'000'000)
      .show_default();
  app.add_option("--bootstrap-seed", score.bootstrap_seed, "of the intervals").needs(inputs).show_default();
  app.add_flag("--json", score.json, "the report for programs").needs(inputs);
}

void add_output_options(CommandLine& app, Wishes& wishes) {
  app.add_option("--out", wishes.out,
                 "the stream, NDJSON in arrival order ('-': standard output); with WORLD a folder");
  app.add_option("--history", wishes.history, "the trade before the stream, NDJSON");
  app.add_option("--truth", wishes.truth, "what was planted, NDJSON");
  CommandLineOption live =
      app.add_option("--live", wishes.live.url, "sends the stream to http://127.0.0.1:PORT");
  app.add_option("--api-key-file,--key-file", wishes.live.api_key_file, "file that holds the API key")
      .needs(live);
  app.add_option("--rate", wishes.live.rate, "events a second; 0: as fast as the server answers")
      .needs(live)
      .between(0, 1'000'000)
      .show_default();
  app.add_flag("--once", wishes.live.once,
               "ends after the stream with a summary; fails if something planted was missed")
      .needs(live);
  app.add_option("--outstanding", wishes.live.outstanding, "with WORLD: requests that may wait for an answer")
      .needs(live)
      .between(1, 1'024)
      .show_default();
  app.add_option("--jitter", wishes.live.jitter_percent,
                 "with WORLD and --rate: of the gaps, in per cent; 0 even, 100 as independent people come")
      .needs(live)
      .between(0, 100)
      .show_default();
  app.add_option("--limit", wishes.live.limit, "with WORLD: ends after so many transactions").needs(live);
  app.add_option("--language", wishes.live.language, "of the reasons: en or zh")
      .needs(live)
      .one_of({"en", "zh"})
      .show_default();
}

core::TimeMs wall_time() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

core::Status place_in_time(Wishes& wishes) {
  if (!wishes.first_day.empty()) {
    const auto time = core::parse_time(wishes.first_day + "T00:00:00Z");
    if (!time)
      return core::fail(core::ErrorCode::invalid, "--first-day", "expected a date such as 2026-07-01");
    wishes.config.first_day = *time / core::day_ms;
  }
  if (wishes.ends.empty()) return {};
  const Day today = simulator::local_day(wall_time());
  const Day last = wishes.ends == "today" ? today : today - 1;
  wishes.writer.shift_ms = (last - (wishes.config.first_day + wishes.config.days - 1)) * core::day_ms;
  return {};
}

// Calls `line` for each event of the days and writes what it leaves in the text.
core::Status write_days(const World& world, const simulator::Writer& writer, Day first, Day last,
                        bool boarding, const std::string& path, std::uint64_t& count) {
  std::ofstream file;
  if (path != "-") file.open(path, std::ios::binary | std::ios::trunc);
  std::ostream& out = path == "-" ? std::cout : file;
  simulator::EventStream stream(world, first, last, boarding);
  std::string line;
  while (const simulator::Event* event = stream.next()) {
    writer.event(*event, line);
    line.push_back('\n');
    out.write(line.data(), static_cast<std::streamsize>(line.size()));
    ++count;
  }
  out.flush();
  if (!out)
    return core::fail(core::ErrorCode::io, path,
                      "could not be written; is there room, and may you write here?");
  return {};
}

core::Status write_truth(const World& world, const simulator::Writer& writer, const std::string& path) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  std::string line;
  for (const simulator::Instance& instance : world.instances()) {
    writer.truth(instance, line);
    file << line << '\n';
  }
  simulator::EventStream stream(world, world.history_begins(), world.last_day(), false);
  while (const simulator::Event* event = stream.next()) {
    if (event->instance < 0 || event->kind != simulator::EventKind::transaction) continue;
    writer.truth(*event, line);
    file << line << '\n';
  }
  file.flush();
  if (!file)
    return core::fail(core::ErrorCode::io, path,
                      "could not be written; is there room, and may you write here?");
  return {};
}

core::Status write_files(const World& world, const Wishes& wishes) {
  const simulator::Writer writer(world, wishes.writer);
  std::uint64_t past = 0, present = 0;
  const Day first = world.config().first_day;
  if (!wishes.history.empty())
    TRY_STATUS(write_days(world, writer, world.history_begins(), first - 1, false, wishes.history, past));
  if (!wishes.out.empty())
    TRY_STATUS(write_days(world, writer, first, world.last_day(), true, wishes.out, present));
  if (!wishes.truth.empty()) TRY_STATUS(write_truth(world, writer, wishes.truth));
  if (wishes.live.url.empty())
    std::cerr << "simulate: seed " << wishes.config.seed << ", " << world.merchants().size() << " merchants, "
              << world.instances().size() << " planted patterns and look-alikes; " << past
              << " transactions of history, " << present << " events in the stream\n";
  return {};
}

core::Result<int> run(Wishes& wishes) {
  TRY_STATUS(place_in_time(wishes));
  TRY(world, World::create(wishes.config));
  TRY_STATUS(write_files(world, wishes));
  if (wishes.live.url.empty()) return 0;
  return run_live(world, simulator::Writer(world, wishes.writer), wishes.live);
}

}  // namespace

int simulate_command(int argc, char** argv) {
  CommandLine app("Tells a seeded acquiring world: honest trade, planted patterns and their look-alikes",
                  "tillwatch simulate");
  Wishes wishes;
  add_world_options(app, wishes);
  add_world_file_options(app, wishes);
  add_output_options(app, wishes);
  add_score_options(app, wishes);
  if (const std::optional<int> code = app.parse(argc, argv)) return *code;
  if (!wishes.score.inputs.empty()) return score_run(wishes.score);
  if (wishes.schema) {
    std::cout << world::world_schema() << std::flush;
    return 0;
  }
  if (!wishes.world.file.empty()) {
    if (const std::string option = cast_option_with_world(app); !option.empty()) {
      std::cerr << "simulate: " << option << " is for the demo's cast and not for a world file; say it in "
                << wishes.world.file << '\n';
      return 2;
    }
    wishes.world.out = wishes.out;
    wishes.world.live = wishes.live;
    if (app.given("--seed")) wishes.world.seed = wishes.config.seed;
    return world_run(wishes.world);
  }
  if (wishes.out.empty() && wishes.history.empty() && wishes.truth.empty() && wishes.live.url.empty()) {
    std::cerr << "simulate: nothing to do; say --out FILE, --history FILE, --truth FILE or --live URL\n";
    return 2;
  }
  const core::Result<int> done = run(wishes);
  if (done) return *done;
  std::cerr << "simulate: " << done.error().to_string() << '\n';
  return 1;
}

}  // namespace tillwatch
