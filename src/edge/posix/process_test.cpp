// Clock, entropy, signals, hardening, secret memory.
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>

#include "posix/clock.h"
#include "posix/event_loop.h"
#include "posix/hardening.h"
#include "posix/random.h"
#include "posix/secret_buffer.h"
#include "posix/signals.h"

// The sanitizers turn mlock(2) into a call that does nothing and never fails.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TILLWATCH_MLOCK_WORKS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TILLWATCH_MLOCK_WORKS 0
#endif
#endif
#if !defined(TILLWATCH_MLOCK_WORKS)
#define TILLWATCH_MLOCK_WORKS 1
#endif

namespace tillwatch::posix {
namespace {

constexpr bool mlock_works = TILLWATCH_MLOCK_WORKS == 1;

TEST(Clock, GoesOn) {
  Clock clock;
  EXPECT_GT(clock.now(), 1'700'000'000'000);
  const auto before = clock.monotonic_ns();
  EXPECT_GE(clock.monotonic_ns(), before);
}

TEST(Random, FillsWithDifferentBytes) {
  Random random;
  std::array<std::byte, 300> a{}, b{};
  random.fill(a);
  random.fill(b);
  EXPECT_NE(a, b);
  const std::array<std::byte, 100> zeros{};
  EXPECT_FALSE(std::equal(zeros.begin(), zeros.end(), a.end() - 100));
  random.fill({});
}

TEST(Signals, BecomeEventsAndTheMaskComesBack) {
  {
    auto signals = Signals::block();
    ASSERT_TRUE(signals.has_value());
    auto loop = EventLoop::create({}, &*signals);
    ASSERT_TRUE(loop.has_value());
    EXPECT_TRUE((*loop)->wait(0).empty());
    for (const int signal : {SIGTERM, SIGINT}) {
      ::kill(::getpid(), signal);
      const auto events = (*loop)->wait(1000);
      ASSERT_EQ(events.size(), 1u);
      EXPECT_EQ(events[0].kind, ports::Event::Kind::stop_requested);
    }
    ::kill(::getpid(), SIGHUP);
    const auto events = (*loop)->wait(1000);
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].kind, ports::Event::Kind::reload_requested);
    EXPECT_TRUE((*loop)->wait(0).empty());
  }
  sigset_t mask;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  EXPECT_EQ(sigismember(&mask, SIGTERM), 0);
}

bool is_hardened() {
  if (!harden_process().has_value()) return false;
  rlimit core{1, 1};
  ::getrlimit(RLIMIT_CORE, &core);
  return ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 && core.rlim_max == 0 &&
         ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 && ::umask(0) == 077;
}

// In a child process: hardening cannot be undone.
TEST(HardeningDeath, GivesUpWhatItSays) {
  EXPECT_EXIT(std::_Exit(is_hardened() ? 0 : 1), ::testing::ExitedWithCode(0), "");
}

// The flags that the kernel holds for the mapping that contains `address`.
std::string flags_of_mapping(const void* address) {
  std::ifstream maps("/proc/self/smaps");
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    unsigned long long first = 0, last = 0;
    if (std::sscanf(line.c_str(), "%llx-%llx ", &first, &last) == 2)
      inside = wanted >= first && wanted < last;
    if (inside && line.starts_with("VmFlags:")) return line;
  }
  return {};
}

// The sanitizers turn mlock into nothing, so that there is no lock to be seen.
constexpr bool locks_are_real = TILLWATCH_MLOCK_WORKS == 1;

TEST(SecretBuffer, IsLockedAndLeftOutOfDumps) {
  auto buffer = SecretBuffer::allocate(5000);
  ASSERT_TRUE(buffer.has_value());
  EXPECT_EQ(buffer->size(), 5000u);
  const std::string flags = flags_of_mapping(buffer->bytes().data());
  EXPECT_EQ(flags.find(" lo") != std::string::npos, locks_are_real) << flags;  // locked
  EXPECT_NE(flags.find(" dd"), std::string::npos) << flags;                    // not dumped
  EXPECT_NE(flags.find(" wf"), std::string::npos) << flags;                    // wiped on fork
  SecretBuffer moved = std::move(*buffer);
  EXPECT_EQ(buffer->size(), 0u);
  moved.bytes()[4999] = std::byte{7};
  moved.bytes()[10] = std::byte{9};
  moved.shrink(11);
  EXPECT_EQ(moved.view()[10], 9);
  EXPECT_EQ(moved.size(), 11u);
  moved = SecretBuffer::allocate(1).value();
  EXPECT_EQ(moved.size(), 1u);
}

bool refuses_unlocked_memory() {
  if (::geteuid() == 0 && ::setuid(65534) != 0) return false;  // root may lock whatever the limit says
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_MEMLOCK, &none);
  const auto result = SecretBuffer::allocate(100);
  return !result.has_value() && result.error().code == core::ErrorCode::limit;
}

TEST(SecretBufferDeath, HasBounds) {
  EXPECT_EQ(SecretBuffer::allocate(0).error().code, core::ErrorCode::limit);
  EXPECT_EQ(SecretBuffer::allocate(1024 * 1024 + 1).error().code, core::ErrorCode::limit);
  if (locks_are_real) {
    if (!mlock_works) GTEST_SKIP() << "mlock does nothing in this build";
    EXPECT_EXIT(std::_Exit(refuses_unlocked_memory() ? 0 : 1), ::testing::ExitedWithCode(0), "");
  }
}

TEST(SecretFile, IsReadOnlyWhenNobodyElseMay) {
  const std::string path = ::testing::TempDir() + "tillwatch_key_" + std::to_string(::getpid());
  const auto write = [&](const std::string& text, unsigned rights) {
    ::unlink(path.c_str());
    std::ofstream(path) << text;
    ASSERT_EQ(::chmod(path.c_str(), rights), 0);
  };
  write("the key", 0600);
  EXPECT_EQ(read_secret_file(path).value().view(), "the key");
  write("the key", 0400);
  EXPECT_EQ(read_secret_file(path).value().view(), "the key");
  for (const unsigned rights : {0640u, 0604u, 0610u}) {
    write("the key", rights);
    EXPECT_EQ(read_secret_file(path).error().code, core::ErrorCode::denied);
  }
  write("", 0600);
  EXPECT_EQ(read_secret_file(path).error().code, core::ErrorCode::limit);
  write(std::string(64 * 1024, 'x'), 0600);
  EXPECT_EQ(read_secret_file(path).value().size(), 64u * 1024);
  write(std::string(64 * 1024 + 1, 'x'), 0600);
  EXPECT_EQ(read_secret_file(path).error().code, core::ErrorCode::limit);
  ::unlink(path.c_str());
  EXPECT_EQ(read_secret_file(path).error().code, core::ErrorCode::not_found);
  ASSERT_EQ(::mkdir(path.c_str(), 0700), 0);
  EXPECT_EQ(read_secret_file(path).error().code, core::ErrorCode::denied);
  ::rmdir(path.c_str());
}

}  // namespace
}  // namespace tillwatch::posix
