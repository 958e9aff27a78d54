#include "posix/disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <utility>

namespace tillwatch::posix {

namespace {

using core::ErrorCode;

constexpr mode_t file_rights = 0600;
constexpr mode_t folder_rights = 0700;
constexpr std::size_t zero_block_bytes = 1024 * 1024;

class OpenFile final : public ports::File {
 public:
  OpenFile(Descriptor fd, std::string name) : fd_(std::move(fd)), name_(std::move(name)) {}

  core::Result<std::uint64_t> size() override {
    struct stat state{};
    if (::fstat(fd_.get(), &state) != 0) return fail_errno(errno, name_, "reading the size");
    return static_cast<std::uint64_t>(state.st_size);
  }

  core::Status read_at(std::uint64_t offset, std::size_t length, std::string& out) override {
    out.resize(length);
    std::size_t done = 0;
    while (done < length) {
      const auto n = retry([&] {
        return ::pread(fd_.get(), out.data() + done, length - done, static_cast<off_t>(offset + done));
      });
      if (n < 0) {
        const int error = errno;
        out.clear();
        return fail_errno(error, name_, fmt::format("reading {} bytes at {}", length, offset));
      }
      if (n == 0) break;
      done += static_cast<std::size_t>(n);
    }
    out.resize(done);
    return {};
  }

  core::Status write_at(std::uint64_t offset, std::string_view data) override {
    while (!data.empty()) {
      const auto n =
          retry([&] { return ::pwrite(fd_.get(), data.data(), data.size(), static_cast<off_t>(offset)); });
      if (n < 0) return fail_errno(errno, name_, fmt::format("writing {} bytes at {}", data.size(), offset));
      data.remove_prefix(static_cast<std::size_t>(n));
      offset += static_cast<std::uint64_t>(n);
    }
    return {};
  }

  core::Status preallocate(std::uint64_t target) override {
    TRY(present, size());
    const std::string zeros(static_cast<std::size_t>(std::min<std::uint64_t>(zero_block_bytes, target)),
                            '\0');
    for (std::uint64_t at = present; at < target;) {
      // Blocks end on multiples of their size, so that all but the first are aligned.
      const std::uint64_t length =
          std::min<std::uint64_t>(zero_block_bytes - at % zero_block_bytes, target - at);
      TRY_STATUS(write_at(at, std::string_view(zeros).substr(0, static_cast<std::size_t>(length))));
      at += length;
    }
    return {};
  }

  core::Status truncate(std::uint64_t target) override {
    if (retry([&] { return ::ftruncate(fd_.get(), static_cast<off_t>(target)); }) != 0) {
      return fail_errno(errno, name_, fmt::format("cutting to {} bytes", target));
    }
    return {};
  }

  // Not repeated even on EINTR: after a failed call the kernel may have dropped the pages it could not write.
  core::Status sync() override {
    if (::fdatasync(fd_.get()) != 0) return fail_errno(errno, name_, "making the file durable");
    return {};
  }

 private:
  Descriptor fd_;
  std::string name_;
};

class HeldLock final : public ports::Lock {
 public:
  explicit HeldLock(Descriptor fd) : fd_(std::move(fd)) {}  // closing gives the lock back

 private:
  Descriptor fd_;
};

}  // namespace

core::Result<std::unique_ptr<Disk>> Disk::open_root(const std::string& root) {
  if (::mkdir(root.c_str(), folder_rights) != 0 && errno != EEXIST)
    return fail_errno(errno, root, "creating the folder");
  Descriptor directory(retry([&] { return ::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!directory.open()) return fail_errno(errno, root, "opening the folder");
  return std::unique_ptr<Disk>(new Disk(root, std::move(directory)));
}

core::Result<std::string> Disk::relative(std::string_view path) const {
  if (path.empty() || path == ".") return std::string(".");
  const auto refuse = [&](const char* why) {
    return core::fail(ErrorCode::invalid, std::string(path),
                      fmt::format("a path below {} may not {}", root_, why));
  };
  if (path.front() == '/') return refuse("be absolute");
  if (path.find('\0') != std::string_view::npos) return refuse("contain a NUL");
  for (std::string_view rest = path; !rest.empty();) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    const std::string_view part = rest.substr(0, end);
    if (part.empty() || part == "." || part == "..") return refuse("have empty, '.' or '..' parts");
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (path.back() == '/') return refuse("have empty, '.' or '..' parts");
  return std::string(path);
}

std::string Disk::full(std::string_view path) const {
  return fmt::format("{}/{}", root_, path);
}

core::Result<std::unique_ptr<ports::File>> Disk::open(std::string_view path, ports::OpenMode mode) {
  TRY(name, relative(path));
  int flags = O_CLOEXEC | O_NOFOLLOW;
  switch (mode) {
    case ports::OpenMode::read:
      flags |= O_RDONLY;
      break;
    case ports::OpenMode::read_write:
      flags |= O_RDWR;
      break;
    case ports::OpenMode::create:
      flags |= O_RDWR | O_CREAT | O_EXCL;
      break;
  }
  Descriptor fd(retry([&] { return ::openat(directory_.get(), name.c_str(), flags, file_rights); }));
  if (!fd.open()) return fail_errno(errno, full(name), "opening the file");
  return std::make_unique<OpenFile>(std::move(fd), full(name));
}

core::Result<bool> Disk::exists(std::string_view path) {
  TRY(name, relative(path));
  struct stat state{};
  if (::fstatat(directory_.get(), name.c_str(), &state, AT_SYMLINK_NOFOLLOW) == 0) return true;
  if (errno == ENOENT) return false;
  return fail_errno(errno, full(name), "looking for the file");
}

core::Status Disk::remove(std::string_view path) {
  TRY(name, relative(path));
  if (::unlinkat(directory_.get(), name.c_str(), 0) != 0)
    return fail_errno(errno, full(name), "removing the file");
  return {};
}

core::Status Disk::rename(std::string_view from, std::string_view to) {
  TRY(source, relative(from));
  TRY(target, relative(to));
  if (::renameat(directory_.get(), source.c_str(), directory_.get(), target.c_str()) != 0) {
    return fail_errno(errno, full(source), fmt::format("renaming to {}", target));
  }
  return {};
}

core::Status Disk::make_directory(std::string_view path) {
  TRY(name, relative(path));
  for (std::size_t end = 0; end != std::string::npos;) {
    end = name.find('/', end + 1);
    const std::string part = name.substr(0, end);
    if (::mkdirat(directory_.get(), part.c_str(), folder_rights) != 0 && errno != EEXIST) {
      return fail_errno(errno, full(part), "creating the folder");
    }
  }
  struct stat state{};
  if (::fstatat(directory_.get(), name.c_str(), &state, AT_SYMLINK_NOFOLLOW) != 0) {
    return fail_errno(errno, full(name), "looking at the folder");
  }
  if (!S_ISDIR(state.st_mode)) return fail_errno(ENOTDIR, full(name), "creating the folder");
  return {};
}

core::Result<std::vector<std::string>> Disk::list(std::string_view path) {
  TRY(name, relative(path));
  Descriptor fd(
      retry([&] { return ::openat(directory_.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!fd.open()) return fail_errno(errno, full(name), "opening the folder");
  DIR* stream = ::fdopendir(fd.get());
  if (stream == nullptr) return fail_errno(errno, full(name), "reading the folder");
  const std::unique_ptr<DIR, int (*)(DIR*)> owner(stream, ::closedir);
  fd.release();
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream);
    if (entry == nullptr) break;
    const std::string_view found(static_cast<const char*>(entry->d_name));
    if (found != "." && found != "..") names.emplace_back(found);
  }
  if (errno != 0) return fail_errno(errno, full(name), "reading the folder");
  std::ranges::sort(names);
  return names;
}

core::Status Disk::sync_directory(std::string_view path) {
  TRY(name, relative(path));
  const Descriptor fd(
      retry([&] { return ::openat(directory_.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!fd.open()) return fail_errno(errno, full(name), "opening the folder");
  if (::fsync(fd.get()) != 0) return fail_errno(errno, full(name), "making the folder durable");
  return {};
}

core::Result<std::unique_ptr<ports::Lock>> Disk::lock(std::string_view path) {
  TRY(name, relative(path));
  Descriptor fd(retry([&] {
    return ::openat(directory_.get(), name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, file_rights);
  }));
  if (!fd.open()) return fail_errno(errno, full(name), "opening the lock file");
  if (retry([&] { return ::flock(fd.get(), LOCK_EX | LOCK_NB); }) != 0) {
    if (errno == EWOULDBLOCK) {
      return core::fail(ErrorCode::conflict, full(name),
                        "held by another process; only one may work in this folder");
    }
    return fail_errno(errno, full(name), "locking the file");
  }
  return std::make_unique<HeldLock>(std::move(fd));
}

}  // namespace tillwatch::posix
