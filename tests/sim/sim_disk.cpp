// The simulated disk: see sim_disk.h. Two versions of everything are kept, what readers see and what is
// durable. A crash chooses between them; it never invents bytes.
#include "sim/sim_disk.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "core/check.h"
#include "sim/sim_inode.h"

namespace tillwatch::sim {

using core::ErrorCode;

namespace {
// One change of names, not yet durable. A rename is one change: it happens or not.
struct NameChange {
  std::string folder;
  std::string removed;           // "" where nothing is removed
  std::string added;             // "" where nothing is added
  std::shared_ptr<Inode> inode;  // of `added`; null for a folder
};

std::string normal(std::string_view path) {
  CHECK(!path.empty() && path.front() != '/' && path.find("..") == std::string_view::npos);
  return path == "." ? std::string() : std::string(path);
}
std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

using Names = std::map<std::string, std::shared_ptr<Inode>>;

void apply(const NameChange& change, Names& files, std::set<std::string>& folders) {
  if (!change.removed.empty()) files.erase(change.removed);
  if (change.added.empty()) return;
  if (change.inode) {
    files[change.added] = change.inode;
  } else {
    folders.insert(change.added);
  }
}
}  // namespace

std::string_view name_of(Loss loss) {
  switch (loss) {
    case Loss::lost:
      return "lost";
    case Loss::kept:
      return "kept";
    case Loss::pages:
      return "pages";
    case Loss::sectors:
      return "sectors";
  }
  return "?";
}

struct SimDisk::State {
  explicit State(std::uint64_t seed) : dice(seed) {}

  Names files;
  Names durable_files;
  std::set<std::string> folders{""};
  std::set<std::string> durable_folders{""};
  std::vector<NameChange> pending;
  std::set<std::string> locks;
  Dice dice;
  std::uint64_t calls = 0;
  std::uint64_t fail_first = 0;
  std::uint64_t fail_count = 0;
  std::uint64_t last_call = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t capacity = std::numeric_limits<std::uint64_t>::max();
  bool writeback = false;
  std::function<void()> hook;

  enum class Gate : std::uint8_t { pass, fail, off };
  Gate begin() {
    ++calls;
    if (calls > last_call) return Gate::off;
    if (writeback) write_back();
    return calls >= fail_first && calls - fail_first < fail_count ? Gate::fail : Gate::pass;
  }
  void end() {
    if (calls <= last_call && hook) hook();
  }
  void write_back() {
    for (auto& [path, inode] : files) {
      if (inode->dirty.empty() || dice.below(3) != 0) continue;
      auto page = inode->dirty.begin();
      std::advance(page, static_cast<std::ptrdiff_t>(dice.below(inode->dirty.size())));
      inode->persist_page(*page);
      inode->dirty.erase(page);
    }
  }
  std::uint64_t used() const {
    std::uint64_t sum = 0;
    for (const auto& [path, inode] : files) sum += inode->seen.size();
    return sum;
  }
  bool has_room(const Inode& inode, std::uint64_t size) const {
    return size <= inode.seen.size() || used() + (size - inode.seen.size()) <= capacity;
  }
  void change(NameChange what) {
    apply(what, files, folders);
    pending.push_back(std::move(what));
  }

  static std::unexpected<core::Error> broken(std::string_view path, std::string_view what) {
    return core::fail(ErrorCode::io, std::string(path),
                      "the simulated disk failed to " + std::string(what) + ".");
  }
  // Runs `body` as one call: it fails before any effect where the script of faults says so.
  template <class R, class Body>
  R call(std::string_view path, std::string_view what, Body body) {
    const Gate gate = begin();
    R result = gate == Gate::pass ? body() : R(broken(path, what));
    end();
    return result;
  }
};

class SimDisk::OpenFile final : public ports::File {
 public:
  OpenFile(std::shared_ptr<State> state, std::shared_ptr<Inode> inode, std::string path, bool writable)
      : state_(std::move(state)), inode_(std::move(inode)), path_(std::move(path)), writable_(writable) {}

  core::Result<std::uint64_t> size() override {
    using R = core::Result<std::uint64_t>;
    return state_->call<R>(path_, "tell the size", [&]() -> R { return inode_->seen.size(); });
  }
  core::Status read_at(std::uint64_t offset, std::size_t length, std::string& out) override {
    return state_->call<core::Status>(path_, "read", [&]() -> core::Status {
      out.clear();
      if (offset < inode_->seen.size()) out.assign(inode_->seen, offset, length);
      return {};
    });
  }
  core::Status write_at(std::uint64_t offset, std::string_view data) override {
    CHECK(writable_);
    const State::Gate gate = state_->begin();
    core::Status status;
    if (gate == State::Gate::pass && !state_->has_room(*inode_, offset + data.size())) {
      status = core::fail(ErrorCode::io, path_, "there is no space left on the simulated disk.");
    } else if (gate == State::Gate::pass) {
      inode_->write(offset, data);
    } else {
      if (gate == State::Gate::fail)
        inode_->write(offset, data.substr(0, state_->dice.below(data.size() + 1)));
      status = State::broken(path_, "write");
    }
    state_->end();
    return status;
  }
  core::Status preallocate(std::uint64_t size) override {
    CHECK(writable_);
    return state_->call<core::Status>(path_, "preallocate", [&]() -> core::Status {
      if (!state_->has_room(*inode_, size)) {
        return core::fail(ErrorCode::io, path_, "there is no space left on the simulated disk.");
      }
      if (size > inode_->seen.size()) inode_->resize(size);
      return {};
    });
  }
  core::Status truncate(std::uint64_t size) override {
    CHECK(writable_);
    return state_->call<core::Status>(path_, "truncate", [&]() -> core::Status {
      inode_->resize(size);
      return {};
    });
  }
  core::Status sync() override {
    const State::Gate gate = state_->begin();
    core::Status status;
    if (gate == State::Gate::pass) {
      inode_->persist_all();
    } else {
      if (gate == State::Gate::fail) {
        for (const std::uint64_t page : inode_->dirty) {
          if (state_->dice.coin()) inode_->persist_page(page);
        }
        inode_->dirty.clear();
      }
      status = State::broken(path_, "sync");
    }
    state_->end();
    return status;
  }

 private:
  std::shared_ptr<State> state_;
  std::shared_ptr<Inode> inode_;
  std::string path_;
  bool writable_;
};

class SimDisk::HeldLock final : public ports::Lock {
 public:
  HeldLock(std::shared_ptr<State> state, std::string path)
      : state_(std::move(state)), path_(std::move(path)) {}
  ~HeldLock() override { state_->locks.erase(path_); }

 private:
  std::shared_ptr<State> state_;
  std::string path_;
};

SimDisk::SimDisk(std::uint64_t seed) : state_(std::make_shared<State>(seed)) {}
SimDisk::~SimDisk() = default;

core::Result<std::unique_ptr<ports::File>> SimDisk::open(std::string_view raw, ports::OpenMode mode) {
  using R = core::Result<std::unique_ptr<ports::File>>;
  const std::string path = normal(raw);
  return state_->call<R>(path, "open", [&]() -> R {
    const auto found = state_->files.find(path);
    std::shared_ptr<Inode> inode = found == state_->files.end() ? nullptr : found->second;
    if (mode == ports::OpenMode::create) {
      if (inode) return core::fail(ErrorCode::conflict, path, "the file exists already.");
      if (!state_->folders.contains(folder_of(path)))
        return core::fail(ErrorCode::not_found, path, "there is no such folder.");
      inode = std::make_shared<Inode>();
      state_->change({folder_of(path), "", path, inode});
    } else if (!inode) {
      return core::fail(ErrorCode::not_found, path, "there is no such file.");
    }
    return std::make_unique<OpenFile>(state_, std::move(inode), path, mode != ports::OpenMode::read);
  });
}

core::Result<bool> SimDisk::exists(std::string_view raw) {
  using R = core::Result<bool>;
  const std::string path = normal(raw);
  return state_->call<R>(
      path, "look up", [&]() -> R { return state_->files.contains(path) || state_->folders.contains(path); });
}

core::Status SimDisk::remove(std::string_view raw) {
  const std::string path = normal(raw);
  return state_->call<core::Status>(path, "remove", [&]() -> core::Status {
    if (!state_->files.contains(path))
      return core::fail(ErrorCode::not_found, path, "there is no such file.");
    state_->change({folder_of(path), path, "", nullptr});
    return {};
  });
}

core::Status SimDisk::rename(std::string_view raw_from, std::string_view raw_to) {
  const std::string from = normal(raw_from);
  const std::string to = normal(raw_to);
  CHECK(folder_of(from) == folder_of(to));
  return state_->call<core::Status>(from, "rename", [&]() -> core::Status {
    const auto found = state_->files.find(from);
    if (found == state_->files.end()) return core::fail(ErrorCode::not_found, from, "there is no such file.");
    state_->change({folder_of(to), from, to, found->second});
    return {};
  });
}

core::Status SimDisk::make_directory(std::string_view raw) {
  const std::string path = normal(raw);
  return state_->call<core::Status>(path, "make the folder", [&]() -> core::Status {
    for (std::size_t end = 0; end != std::string::npos;) {
      end = path.find('/', end + 1);
      const std::string part = path.substr(0, end);
      if (state_->files.contains(part))
        return core::fail(ErrorCode::conflict, part, "a file is in the way of the folder.");
      if (!state_->folders.contains(part)) state_->change({folder_of(part), "", part, nullptr});
    }
    return {};
  });
}

core::Result<std::vector<std::string>> SimDisk::list(std::string_view raw) {
  using R = core::Result<std::vector<std::string>>;
  const std::string path = normal(raw);
  return state_->call<R>(path, "list", [&]() -> R {
    if (!state_->folders.contains(path))
      return core::fail(ErrorCode::not_found, path, "there is no such folder.");
    std::vector<std::string> names;
    const std::size_t skip = path.empty() ? 0 : path.size() + 1;
    for (const auto& [name, inode] : state_->files) {
      if (folder_of(name) == path) names.push_back(name.substr(skip));
    }
    for (const std::string& name : state_->folders) {
      if (!name.empty() && folder_of(name) == path) names.push_back(name.substr(skip));
    }
    std::sort(names.begin(), names.end());
    return names;
  });
}

core::Status SimDisk::sync_directory(std::string_view raw) {
  const std::string path = normal(raw);
  return state_->call<core::Status>(path, "sync the folder", [&]() -> core::Status {
    if (!state_->folders.contains(path))
      return core::fail(ErrorCode::not_found, path, "there is no such folder.");
    std::vector<NameChange> rest;
    for (NameChange& change : state_->pending) {
      if (change.folder == path) {
        apply(change, state_->durable_files, state_->durable_folders);
      } else {
        rest.push_back(std::move(change));
      }
    }
    state_->pending = std::move(rest);
    return {};
  });
}

core::Result<std::unique_ptr<ports::Lock>> SimDisk::lock(std::string_view raw) {
  using R = core::Result<std::unique_ptr<ports::Lock>>;
  const std::string path = normal(raw);
  return state_->call<R>(path, "lock", [&]() -> R {
    if (!state_->folders.contains(folder_of(path)))
      return core::fail(ErrorCode::not_found, path, "there is no such folder.");
    if (!state_->locks.insert(path).second)
      return core::fail(ErrorCode::conflict, path, "another holder has the lock.");
    if (!state_->files.contains(path)) state_->change({folder_of(path), "", path, std::make_shared<Inode>()});
    return std::make_unique<HeldLock>(state_, path);
  });
}

std::uint64_t SimDisk::calls() const {
  return state_->calls;
}
void SimDisk::fail_calls(std::uint64_t first, std::uint64_t count) {
  state_->fail_first = first;
  state_->fail_count = count;
}
void SimDisk::power_off_after(std::uint64_t call) {
  state_->last_call = call;
}
void SimDisk::set_capacity(std::uint64_t bytes) {
  state_->capacity = bytes;
}
void SimDisk::set_background_writeback(bool on) {
  state_->writeback = on;
}
void SimDisk::after_each_call(std::function<void()> hook) {
  state_->hook = std::move(hook);
}

std::unique_ptr<SimDisk> SimDisk::after_crash(Loss loss, std::uint64_t seed) const {
  auto result = std::make_unique<SimDisk>(seed);
  Dice dice(seed ^ 0x5151c0de);
  Names files = state_->durable_files;
  std::set<std::string> folders = state_->durable_folders;
  const std::size_t prefix = dice.below(state_->pending.size() + 1);
  for (std::size_t i = 0; i < state_->pending.size(); ++i) {
    const bool survives =
        loss == Loss::kept || (loss == Loss::pages && i < prefix) || (loss == Loss::sectors && dice.coin());
    if (survives) apply(state_->pending[i], files, folders);
  }
  std::map<std::shared_ptr<Inode>, std::shared_ptr<Inode>>
      copies;  // one inode may have two names for a moment
  for (const auto& [path, inode] : files) {
    bool reachable = true;
    for (std::string folder = folder_of(path); reachable && !folder.empty(); folder = folder_of(folder)) {
      reachable = folders.contains(folder);
    }
    if (!reachable) continue;
    std::shared_ptr<Inode>& copy = copies[inode];
    if (!copy) {
      copy = std::make_shared<Inode>();
      copy->durable = inode->survivor(loss, dice);
      copy->seen = copy->durable;
    }
    result->state_->files[path] = copy;
  }
  result->state_->durable_files = result->state_->files;
  result->state_->folders = folders;
  result->state_->durable_folders = std::move(folders);
  return result;
}

std::unique_ptr<SimDisk> SimDisk::after_kill() const {
  auto result = std::make_unique<SimDisk>(state_->dice.next());
  State& to = *result->state_;
  std::map<std::shared_ptr<Inode>, std::shared_ptr<Inode>> copies;
  const auto copied = [&copies](const std::shared_ptr<Inode>& inode) {
    if (!inode) return inode;
    std::shared_ptr<Inode>& copy = copies[inode];
    if (!copy) copy = std::make_shared<Inode>(*inode);
    return copy;
  };
  for (const auto& [path, inode] : state_->files) to.files[path] = copied(inode);
  for (const auto& [path, inode] : state_->durable_files) to.durable_files[path] = copied(inode);
  to.folders = state_->folders;
  to.durable_folders = state_->durable_folders;
  to.pending = state_->pending;
  for (NameChange& change : to.pending) change.inode = copied(change.inode);
  to.capacity = state_->capacity;
  return result;
}

std::string SimDisk::contents(std::string_view path) const {
  const auto found = state_->files.find(normal(path));
  CHECK(found != state_->files.end());
  return found->second->seen;
}

void SimDisk::overwrite(std::string_view raw, std::string bytes) {
  const std::string path = normal(raw);
  auto inode = std::make_shared<Inode>();
  inode->durable = bytes;
  inode->seen = std::move(bytes);
  for (std::string folder = folder_of(path); !folder.empty(); folder = folder_of(folder)) {
    state_->folders.insert(folder);
    state_->durable_folders.insert(folder);
  }
  state_->files[path] = inode;
  state_->durable_files[path] = std::move(inode);
}

std::vector<std::string> SimDisk::paths() const {
  std::vector<std::string> result;
  for (const auto& [path, inode] : state_->files) result.push_back(path);
  return result;
}

}  // namespace tillwatch::sim
