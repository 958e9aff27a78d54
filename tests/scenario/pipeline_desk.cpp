#include "scenario_tests/pipeline_desk.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "sim/sim_random.h"

namespace tillwatch::scenario {

core::Result<std::shared_ptr<const policy::Bundle>> load_pack(const std::string& folder) {
  std::error_code missing;
  std::vector<policy::SourceFile> files;
  for (const auto& item : std::filesystem::directory_iterator(folder, missing)) {
    if (item.path().extension() != ".yaml") continue;
    std::ostringstream text;
    text << std::ifstream(item.path(), std::ios::binary).rdbuf();
    files.push_back({item.path().filename().string(), text.str()});
  }
  if (missing || files.empty())
    return core::fail(core::ErrorCode::not_found, folder, "holds no policy pack (*.yaml)");
  policy::Faults faults;
  auto bundle = policy::Bundle::load(std::move(files), faults);
  if (bundle && faults.empty()) return bundle;
  std::string all;
  for (const policy::Fault& fault : faults) all += fault.to_string() + "\n";
  return core::fail(core::ErrorCode::invalid, folder, all);
}

core::Result<std::unique_ptr<Desk>> PipelineDesk::open(std::shared_ptr<const policy::Bundle> bundle,
                                                       core::TimeMs now) {
  std::unique_ptr<PipelineDesk> desk(new PipelineDesk);
  sim::SimRandom random(1);
  desk->door_ = std::make_unique<door::Door>(
      std::make_shared<const door::CardKeys>(door::CardKeys::generate(random, now)));
  pipeline::Options options;
  options.segment_bytes = 1024 * 1024;
  options.past_ms_max = scenario_past_ms_max;
  TRY(pipeline, pipeline::Pipeline::open(desk->disk_, options, std::move(bundle), now));
  desk->pipeline_ = std::move(pipeline);
  return desk;
}

core::Result<Desk::Answer> PipelineDesk::submit(const payment::EntryBuilder& entry, core::TimeMs now,
                                                std::span<const std::uint32_t> /*slots*/) {
  const std::array<pipeline::Submission, 1> submissions{pipeline::Submission{&entry, true}};
  const std::vector<pipeline::Answer> answers = pipeline_->process(submissions, now);
  const pipeline::Answer& got = answers.front();
  if (got.kind == pipeline::Answer::Kind::refused) return std::unexpected(got.error);
  if (got.kind == pipeline::Answer::Kind::conflict)
    return core::fail(core::ErrorCode::conflict, "id", "the same id was used for other content");
  if (got.kind == pipeline::Answer::Kind::undurable)
    return core::fail(core::ErrorCode::io, "journal", "the simulated disk failed");
  Answer answer;
  answer.decided = !got.decision.empty();
  if (answer.decided) TRY_STATUS(engine::decode(got.decision, answer.decision));
  return answer;
}

}  // namespace tillwatch::scenario
