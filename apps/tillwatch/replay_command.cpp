#include "replay_command.h"

#include <fmt/format.h>

#include <ctime>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "command_line.h"
#include "door/door.h"
#include "engine/engine.h"
#include "output_file.h"
#include "policy_folder.h"
#include "posix/clock.h"
#include "posix/random.h"
#include "progress_line.h"
#include "replay/column_writer.h"
#include "replay/replay.h"
#include "row_inputs.h"
#include "row_options.h"
#include "set_aside_files.h"

namespace tillwatch {
namespace {

using core::ErrorCode;
constexpr std::size_t output_buffer_bytes = 1024 * 1024;
constexpr std::uint64_t sentences_max = 20;

struct Wishes {
  RowInputWishes rows;
  std::string policy;
  std::string out;
  std::string columns;
  std::string set_aside_folder;
  std::string floor;
  bool quiet = false;
};

// What every entry goes through, so that the measure "parse only" differs from a run in nothing else.
class Run {
 public:
  Run(const Wishes& wishes, ports::Clock& clock)
      : wishes_(wishes),
        set_aside_(wishes.set_aside_folder, sentences_max),
        progress_(clock, ProgressLine::form_of_standard_error(wishes.quiet)) {}

  core::Status run();

 private:
  core::Status open();
  core::Status drain();
  core::Status take(const intake::StreamedEntry& entry);
  void report() const;

  const Wishes& wishes_;
  SetAsideFiles set_aside_;
  ProgressLine progress_;
  std::unique_ptr<door::Door> door_;
  std::unique_ptr<RowInputs> inputs_;
  std::unique_ptr<engine::Engine> engine_;
  std::optional<replay::Replay> replay_;
  std::optional<replay::ColumnWriter> columns_;
  std::optional<OutputFile> output_;
  std::string lines_;
  std::uint64_t entries_ = 0;
};

core::Status Run::open() {
  posix::Random random;
  // Nothing is kept beyond the run, so that a key of its own is enough: the same card is the same reference
  // within it.
  door_ = std::make_unique<door::Door>(
      std::make_shared<const door::CardKeys>(door::CardKeys::generate(random, 0)));
  TRY(inputs, RowInputs::open(wishes_.rows, {}, *door_, set_aside_));
  inputs_ = std::move(inputs);
  if (wishes_.floor == "parse") return {};
  TRY(bundle, load_policy_folder(wishes_.policy));
  engine::Options options;
  random.fill(std::as_writable_bytes(std::span(options.hash_key)));
  if (!inputs_->has_arrival()) options.lateness_ms = 0;  // entries come in the order of their event times
  TRY(engine, engine::Engine::create(options, bundle, [](const std::string&) { return nullptr; }));
  engine_ = std::move(engine);
  replay::Options replay_options;
  replay_options.originals = inputs_->names_originals();
  replay_.emplace(*engine_, replay_options);
  if (wishes_.out.empty()) return {};
  TRY(columns, replay::ColumnWriter::create(wishes_.columns, *bundle));
  columns_ = std::move(columns);
  TRY(output, OutputFile::create(wishes_.out));
  output_.emplace(std::move(output));
  columns_->header(lines_);
  return {};
}

core::Status Run::take(const intake::StreamedEntry& entry) {
  ++entries_;
  if (!replay_) return {};
  const core::Result<bool> decided = replay_->take(entry.bytes);
  if (!decided)
    return core::fail(decided.error().code,
                      wishes_.rows.inputs[entry.input] + ":" + std::to_string(entry.line),
                      decided.error().to_string());
  if (!*decided || !columns_) return {};
  columns_->row(*engine_, replay_->decision(), lines_);
  if (lines_.size() < output_buffer_bytes) return {};
  TRY_STATUS(output_->write(lines_));
  lines_.clear();
  return {};
}

core::Status Run::drain() {
  intake::StreamedEntry entry;
  for (;;) {
    TRY(more, inputs_->stream().next(entry));
    if (!more) return {};
    TRY_STATUS(take(entry));
    if (entries_ % 1024 == 0) progress_.update(inputs_->bytes_in(), inputs_->bytes_total(), entries_);
  }
}

void Run::report() const {
  if (wishes_.quiet) return;
  std::ostream& out = wishes_.out == "-" ? std::cerr : std::cout;
  out << "rows " << inputs_->rows() << '\n';
  if (replay_)
    out << replay_->summary().to_text(engine_->bundle());
  else
    out << "entries " << entries_ << ", parsed and mapped only\n";
  if (set_aside_.rows() != 0) out << set_aside_.to_text() << '\n';
  const double seconds = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
  out << fmt::format("CPU {:.2f} s", seconds);
  if (entries_ != 0)
    out << fmt::format(", {:.2f} s per million entries", seconds * 1e6 / static_cast<double>(entries_));
  if (inputs_->rows() != 0)
    out << fmt::format(", {:.2f} s per million rows", seconds * 1e6 / static_cast<double>(inputs_->rows()));
  out << '\n';
  if (engine_) {
    const engine::Engine::Counts counts = engine_->counts();
    out << fmt::format("windows at the end: {} keys, {} entries; state {:.1f} MiB\n", counts.window_keys,
                       counts.window_entries, static_cast<double>(counts.arena_bytes) / (1024 * 1024));
  }
}

core::Status Run::run() {
  TRY_STATUS(open());
  const core::Status drained = drain();
  progress_.finish();
  TRY_STATUS(set_aside_.close());
  if (!drained) return drained;
  if (output_) {
    TRY_STATUS(output_->write(lines_));
    TRY_STATUS(output_->finish());
  }
  report();
  return {};
}

std::optional<int> parse(int argc, char** argv, Wishes& wishes) {
  CommandLine app("Runs files through the engine, offline. Writes no journal.", "tillwatch replay");
  app.add_option("--policy", wishes.policy, "folder of the policy pack");
  add_row_options(app, wishes.rows);
  CommandLineOption out = app.add_option(
      "--out", wishes.out, "CSV of chosen values, one line for each decided entry; - is standard output");
  app.add_option("--columns", wishes.columns,
                 "names a,b,c or a=HEADER: attributes, features, derived values, sequence, "
                 "authorisation, settlement, subject, score, rules")
      .needs(out);
  app.add_option("--set-aside", wishes.set_aside_folder,
                 "folder for rows that cannot be used (default: that of --out)");
  app.add_option("--floor", wishes.floor, "parse: only read and map, to measure").one_of({"parse"});
  app.add_flag("--quiet", wishes.quiet, "no progress, no summary");
  if (const std::optional<int> code = app.parse(argc, argv)) return *code;
  if (wishes.policy.empty() && wishes.floor.empty()) {
    std::cerr << "tillwatch replay: --policy is required\n";
    return 2;
  }
  if (!wishes.out.empty() && wishes.columns.empty()) {
    std::cerr << "tillwatch replay: --out needs --columns, such as --columns id,authorisation,rules\n";
    return 2;
  }
  if (wishes.set_aside_folder.empty() && wishes.out != "-")
    wishes.set_aside_folder = std::filesystem::path(wishes.out).parent_path();
  return std::nullopt;
}

}  // namespace

int replay_command(int argc, char** argv) {
  Wishes wishes;
  if (const std::optional<int> code = parse(argc, argv, wishes)) return *code;
  posix::Clock clock;
  const core::Status status = Run(wishes, clock).run();
  if (status) return 0;
  std::cerr << "tillwatch replay: " << status.error().to_string() << '\n';
  return 1;
}

}  // namespace tillwatch
