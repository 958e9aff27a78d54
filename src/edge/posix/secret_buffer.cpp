#include "posix/secret_buffer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cstring>
#include <utility>

#include "core/check.h"
#include "posix/descriptor.h"

namespace tillwatch::posix {

namespace {

constexpr std::size_t secret_bytes_max = 1024 * 1024;
constexpr std::size_t secret_file_bytes_max = 64 * 1024;

}  // namespace

core::Result<SecretBuffer> SecretBuffer::allocate(std::size_t size) {
  if (size == 0 || size > secret_bytes_max) {
    return core::fail(core::ErrorCode::limit, "secret memory",
                      fmt::format("{} bytes were asked for; 1 to {} can be had", size, secret_bytes_max));
  }
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t mapped = (size + page - 1) / page * page;
  void* memory = ::mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return fail_errno(errno, "secret memory", "mapping memory");
  SecretBuffer buffer(static_cast<std::byte*>(memory), size, mapped);
  if (::mlock(memory, mapped) != 0) {
    return core::fail(core::ErrorCode::limit, "secret memory",
                      fmt::format("locking {} bytes failed ({}); raise the limit of locked memory", mapped,
                                  strerrorname_np(errno)));
  }
  if (::madvise(memory, mapped, MADV_DONTDUMP) != 0 || ::madvise(memory, mapped, MADV_WIPEONFORK) != 0) {
    return fail_errno(errno, "secret memory", "keeping memory out of core images");
  }
  return buffer;
}

SecretBuffer::~SecretBuffer() {
  release();
}

SecretBuffer::SecretBuffer(SecretBuffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      mapped_(std::exchange(other.mapped_, 0)) {}

SecretBuffer& SecretBuffer::operator=(SecretBuffer&& other) noexcept {
  if (this != &other) {
    release();
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
    mapped_ = std::exchange(other.mapped_, 0);
  }
  return *this;
}

void SecretBuffer::release() {
  if (data_ == nullptr) return;
  ::explicit_bzero(data_, mapped_);
  ::munmap(data_, mapped_);
  data_ = nullptr;
}

std::string_view SecretBuffer::view() const {
  return {static_cast<const char*>(static_cast<const void*>(data_)), size_};
}

void SecretBuffer::shrink(std::size_t size) {
  CHECK(size <= size_);
  ::explicit_bzero(data_ + size, size_ - size);
  size_ = size;
}

core::Result<SecretBuffer> read_secret_file(const std::string& path) {
  const Descriptor fd(
      retry([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK); }));
  if (!fd.open()) return fail_errno(errno, path, "opening the key file");
  struct stat state{};
  if (::fstat(fd.get(), &state) != 0) return fail_errno(errno, path, "looking at the key file");
  if (!S_ISREG(state.st_mode)) return core::fail(core::ErrorCode::denied, path, "not a regular file");
  if ((state.st_mode & 077) != 0) {
    return core::fail(core::ErrorCode::denied, path,
                      "others have rights to this key file; run chmod 600 on it");
  }
  if (state.st_uid != ::geteuid() && state.st_uid != 0) {
    return core::fail(core::ErrorCode::denied, path, "the key file belongs to another user; run chown on it");
  }
  const auto size = static_cast<std::size_t>(state.st_size);
  if (size == 0 || size > secret_file_bytes_max) {
    return core::fail(
        core::ErrorCode::limit, path,
        fmt::format("the key file has {} bytes; 1 to {} are taken", size, secret_file_bytes_max));
  }
  TRY(buffer, SecretBuffer::allocate(size));
  std::size_t done = 0;
  while (done < size) {
    const auto n = retry([&] { return ::read(fd.get(), buffer.bytes().data() + done, size - done); });
    if (n < 0) return fail_errno(errno, path, "reading the key file");
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  buffer.shrink(done);
  return std::move(buffer);
}

}  // namespace tillwatch::posix
