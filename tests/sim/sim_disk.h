// A disk in memory that fails the way real ones do: unsynced data and names are lost, kept or torn by a
// crash, any call can fail, a failed sync drops what it should have written. Called by crash and fault tests;
// the seed decides all chance. Never used by the product.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "ports/disk.h"

namespace tillwatch::sim {

// What a crash does to data that no sync covered, page (4 KiB) by page, and to names that no sync_directory
// covered.
enum class Loss : std::uint8_t {
  lost,     // all of it is gone
  kept,     // all of it survived
  pages,    // each page survives or not; names: a prefix of the changes survives
  sectors,  // each 512-byte sector of each page survives or not; names: any subset of the changes survives
};
inline constexpr Loss all_losses[] = {Loss::lost, Loss::kept, Loss::pages, Loss::sectors};
std::string_view name_of(Loss loss);

class SimDisk final : public ports::Disk {
 public:
  static constexpr std::size_t page_bytes = 4096;
  static constexpr std::size_t sector_bytes = 512;

  explicit SimDisk(std::uint64_t seed = 1);
  ~SimDisk() override;
  SimDisk(const SimDisk&) = delete;
  SimDisk& operator=(const SimDisk&) = delete;

  core::Result<std::unique_ptr<ports::File>> open(std::string_view path, ports::OpenMode mode) override;
  core::Result<bool> exists(std::string_view path) override;
  core::Status remove(std::string_view path) override;
  core::Status rename(std::string_view from, std::string_view to) override;  // within one folder only
  core::Status make_directory(std::string_view path) override;
  core::Result<std::vector<std::string>> list(std::string_view path) override;
  core::Status sync_directory(std::string_view path) override;
  core::Result<std::unique_ptr<ports::Lock>> lock(std::string_view path) override;

  // Calls are numbered from 1; every call of the disk and of its files counts.
  std::uint64_t calls() const;
  // Calls `first` .. `first + count - 1` fail with ErrorCode::io. A failed write leaves a part of its data
  // behind; a failed sync makes some pages durable and forgets that the others were ever dirty, as Linux
  // does.
  void fail_calls(std::uint64_t first, std::uint64_t count);
  // Call `call` is the last that has an effect; every later one fails.
  void power_off_after(std::uint64_t call);
  // Writes that would make the files larger than this in sum fail with ErrorCode::io ("no space"), without
  // effect.
  void set_capacity(std::uint64_t bytes);
  // From now on each call may also make some dirty page durable, as a kernel does in the background.
  void set_background_writeback(bool on);
  // Called after each call has had its effect (not called for calls after the power is off).
  void after_each_call(std::function<void()> hook);

  // What a machine finds on this disk when it starts again after losing power now. Locks are free.
  std::unique_ptr<SimDisk> after_crash(Loss loss, std::uint64_t seed) const;
  // What a new process finds when the old one was killed now: everything that was written; what was not
  // durable still is not. Locks are free.
  std::unique_ptr<SimDisk> after_kill() const;

  // For damage and for looking: the current bytes of a file, bypassing calls and failures. The file must
  // exist.
  std::string contents(std::string_view path) const;
  void overwrite(std::string_view path,
                 std::string bytes);       // durable at once; creates the file where missing
  std::vector<std::string> paths() const;  // all files, in byte order

 private:
  struct State;
  class OpenFile;
  class HeldLock;
  std::shared_ptr<State> state_;
};

}  // namespace tillwatch::sim
