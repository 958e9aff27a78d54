#include "import_command.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "archive/archive.h"
#include "command_line.h"
#include "crypto/hash.h"
#include "door/door.h"
#include "installation.h"
#include "pipeline/pipeline.h"
#include "policy_folder.h"
#include "posix/clock.h"
#include "posix/disk.h"
#include "posix/random.h"
#include "progress_line.h"
#include "replay/rebuild.h"
#include "row_inputs.h"
#include "row_options.h"
#include "set_aside_files.h"

namespace tillwatch {
namespace {

using core::ErrorCode;
constexpr std::size_t batch_entries = 1024;
constexpr std::uint64_t sentences_max = 20;

struct Wishes {
  RowInputWishes rows;
  std::string data;
  std::string policy;
  std::string card_keys;
  std::string set_aside_folder;
  bool quiet = false;
};

// The batch id of a file: its name without the packing, and the beginning of the hash of its unpacked
// content. The same content packed otherwise is the same batch.
core::Result<intake::Batch> batch_of(const std::string& path) {
  if (path == "-")
    return core::fail(ErrorCode::invalid, path,
                      "an import reads its input twice, to know it again; write it to a file first");
  TRY(source, archive::open_file(path));
  crypto::Sha256 hash;
  std::string buffer(256 * 1024, '\0');
  for (;;) {
    TRY(size, source->read(buffer));
    if (size == 0) break;
    hash.update(std::string_view(buffer).substr(0, size));
  }
  std::string name = std::filesystem::path(path).filename();
  for (const std::string_view packed : {".gz", ".xz", ".zst"})
    if (name.ends_with(packed)) name.resize(name.size() - packed.size());
  const std::string digits = crypto::to_hex(hash.finish()).substr(0, 16);
  // A letter in front: sixteen bare digits could not be told from a card number.
  return intake::Batch{name.substr(0, 200) + "@" + digits, "f" + digits};
}

class Import {
 public:
  Import(const Wishes& wishes, ports::Clock& clock)
      : wishes_(wishes),
        clock_(clock),
        set_aside_(wishes.set_aside_folder, sentences_max),
        progress_(clock, ProgressLine::form_of_standard_error(wishes.quiet)) {}

  core::Status run();

 private:
  core::Status open();
  core::Result<std::shared_ptr<const door::CardKeys>> card_keys();
  core::Status drain();
  core::Status flush();
  core::Status count(const pipeline::Answer& answer, const std::string& place);
  void report() const;

  const Wishes& wishes_;
  ports::Clock& clock_;
  posix::Random random_;
  SetAsideFiles set_aside_;
  ProgressLine progress_;
  std::unique_ptr<posix::Disk> disk_;
  std::unique_ptr<pipeline::Pipeline> pipeline_;
  std::unique_ptr<door::Door> door_;
  std::vector<intake::Batch> batches_;
  std::unique_ptr<RowInputs> inputs_;
  std::vector<payment::EntryBuilder> waiting_;
  std::vector<std::string> places_;  // of the waiting, for messages
  std::uint64_t entries_ = 0, added_ = 0, known_ = 0, conflicts_ = 0, refused_ = 0, early_ = 0;
};

// Where no number comes, no key is needed; a key made up here would make references that nobody can make
// again.
core::Result<std::shared_ptr<const door::CardKeys>> Import::card_keys() {
  const std::string path = card_keys_path(wishes_.data, wishes_.card_keys);
  std::error_code error;
  if (std::filesystem::exists(path, error)) return load_card_keys(path);
  for (const std::string& mapping_path : wishes_.rows.mappings) {
    TRY(text, read_text_file(mapping_path, 1024 * 1024));
    TRY(mapping, intake::read_mapping(text, mapping_path));
    for (const intake::Emit& emit : mapping.emits)
      for (const intake::Assignment& one : emit.set)
        if (one.target == intake::Assignment::Target::card_number) return load_card_keys(path);
  }
  return std::make_shared<const door::CardKeys>(door::CardKeys::generate(random_, clock_.now()));
}

core::Status Import::open() {
  for (const std::string& input : wishes_.rows.inputs) {
    TRY(batch, batch_of(input));
    batches_.push_back(std::move(batch));
  }
  TRY(keys, card_keys());
  door_ = std::make_unique<door::Door>(keys);
  TRY(inputs, RowInputs::open(wishes_.rows, batches_, *door_, set_aside_));
  inputs_ = std::move(inputs);
  TRY(bundle, load_policy_folder(wishes_.policy));
  TRY(disk, posix::Disk::open_root(wishes_.data));
  disk_ = std::move(disk);
  TRY(options, pipeline_options(*disk_, random_, {}));
  TRY(pipeline, pipeline::Pipeline::open(*disk_, options, bundle, clock_.now()));
  pipeline_ = std::move(pipeline);
  waiting_.reserve(batch_entries);
  return {};
}

core::Status Import::count(const pipeline::Answer& answer, const std::string& place) {
  using Kind = pipeline::Answer::Kind;
  switch (answer.kind) {
    case Kind::decided:
      ++added_;
      return {};
    case Kind::repeated:
      ++known_;
      return {};
    case Kind::conflict:
      if (++conflicts_ <= sentences_max)
        std::cerr << place
                  << ": an entry of this id was imported before with other content; it is left as it was\n";
      return {};
    case Kind::refused:
      if (++refused_ <= sentences_max)
        std::cerr << place << ": refused: " << answer.error.to_string() << '\n';
      return {};
    case Kind::undurable:
    case Kind::dry_run:
      break;
  }
  return core::fail(
      ErrorCode::io, wishes_.data,
      "the journal failed: " + answer.error.to_string() + "; mend the disk and import the file again");
}

core::Status Import::flush() {
  if (waiting_.empty()) return {};
  std::vector<pipeline::Submission> submissions;
  for (const payment::EntryBuilder& entry : waiting_) submissions.push_back({&entry, true});
  const std::vector<pipeline::Answer> answers = pipeline_->process(submissions, clock_.now());
  core::Status status;
  for (std::size_t i = 0; i < answers.size() && status; ++i) status = count(answers[i], places_[i]);
  waiting_.clear();
  places_.clear();
  if (!status) return status;
  pipeline_->idle(clock_.now());
  return {};
}

core::Status Import::drain() {
  intake::StreamedEntry entry;
  payment::EntryView view;
  const core::TimeMs now = clock_.now();
  for (;;) {
    TRY(more, inputs_->stream().next(entry));
    if (!more) return flush();
    ++entries_;
    if (entries_ % 1024 == 0) progress_.update(inputs_->bytes_in(), inputs_->bytes_total(), entries_);
    if (entry.order > now) {  // what a mapping says will be known later is not known yet
      ++early_;
      continue;
    }
    TRY_STATUS(view.decode(entry.bytes));
    waiting_.emplace_back();
    TRY_STATUS(replay::rebuild(view, waiting_.back()));
    places_.push_back(wishes_.rows.inputs[entry.input] + ":" + std::to_string(entry.line));
    if (waiting_.size() == batch_entries) TRY_STATUS(flush());
  }
}

void Import::report() const {
  if (wishes_.quiet) return;
  std::cout << "rows " << inputs_->rows() << ", entries " << entries_ << ": " << added_ << " added, "
            << known_ << " known already";
  if (conflicts_ != 0) std::cout << ", " << conflicts_ << " in conflict with what is known";
  if (refused_ != 0) std::cout << ", " << refused_ << " refused";
  std::cout << '\n';
  if (early_ != 0)
    std::cout << early_
              << " entries lie in the future and were left out; import the same file again when their time "
                 "has come\n";
  for (const intake::Batch& batch : batches_) std::cout << "batch " << batch.source << '\n';
  if (set_aside_.rows() != 0) std::cout << set_aside_.to_text() << '\n';
}

core::Status Import::run() {
  TRY_STATUS(open());
  const core::Status drained = drain();
  progress_.finish();
  TRY_STATUS(set_aside_.close());
  if (!drained) return drained;
  TRY_STATUS(pipeline_->snapshot_now());
  report();
  if (conflicts_ + refused_ == 0) return {};
  return core::fail(ErrorCode::conflict, "",
                    std::to_string(conflicts_ + refused_) + " entries were not taken");
}

std::optional<int> parse(int argc, char** argv, Wishes& wishes) {
  CommandLine app("Imports files as history: they move windows and decide nothing.", "tillwatch import");
  app.add_option("--data", wishes.data, "data directory of the installation; no server may be running on it")
      .required();
  app.add_option("--policy", wishes.policy, "folder of the policy pack").required();
  app.add_option("--card-keys", wishes.card_keys, "file of the card keys (default: DATA/card-keys)");
  add_row_options(app, wishes.rows);
  app.add_option("--set-aside", wishes.set_aside_folder,
                 "folder for rows that cannot be used (default: the current one)");
  app.add_flag("--quiet", wishes.quiet, "no progress, no summary");
  if (const std::optional<int> code = app.parse(argc, argv)) return *code;
  return std::nullopt;
}

}  // namespace

int import_command(int argc, char** argv) {
  Wishes wishes;
  if (const std::optional<int> code = parse(argc, argv, wishes)) return *code;
  posix::Clock clock;
  const core::Status status = Import(wishes, clock).run();
  if (status) return 0;
  std::cerr << "tillwatch import: " << status.error().to_string() << '\n';
  return 1;
}

}  // namespace tillwatch
