// The real disk: rights, paths, every error branch that a test can reach without a broken machine.
#include "posix/disk.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace tillwatch::posix {
namespace {

using core::ErrorCode;
using ports::OpenMode;

class DiskTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "tillwatch_disk_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    parent_ = pattern;
    root_ = parent_ + "/data";
    disk_ = Disk::open_root(root_).value();
  }
  void TearDown() override { std::filesystem::remove_all(parent_); }
  unsigned rights_of(const std::string& path) {
    struct stat state{};
    EXPECT_EQ(::stat((root_ + "/" + path).c_str(), &state), 0);
    return state.st_mode & 0777u;
  }
  std::string parent_, root_;
  std::unique_ptr<Disk> disk_;
};

TEST_F(DiskTest, ReadsWhatWasWritten) {
  const auto file = disk_->open("a", OpenMode::create).value();
  ASSERT_TRUE(file->write_at(0, "hello").has_value());
  ASSERT_TRUE(file->write_at(10, "world").has_value());
  ASSERT_TRUE(file->sync().has_value());
  EXPECT_EQ(file->size().value(), 15u);
  std::string out = "old";
  const auto again = disk_->open("a", OpenMode::read).value();
  ASSERT_TRUE(again->read_at(0, 100, out).has_value());
  EXPECT_EQ(out, std::string("hello\0\0\0\0\0world", 15));
  ASSERT_TRUE(again->read_at(11, 3, out).has_value());
  EXPECT_EQ(out, "orl");
  ASSERT_TRUE(again->read_at(15, 3, out).has_value());
  EXPECT_EQ(out, "");
  ASSERT_TRUE(file->truncate(5).has_value());
  EXPECT_EQ(again->size().value(), 5u);
  EXPECT_FALSE(again->write_at(0, "x").has_value());  // opened for reading
}

TEST_F(DiskTest, PreallocatesRealZeros) {
  const auto file = disk_->open("a", OpenMode::create).value();
  ASSERT_TRUE(file->write_at(0, "abc").has_value());
  const std::uint64_t size = 3 * 1024 * 1024 + 5;
  ASSERT_TRUE(file->preallocate(size).has_value());
  EXPECT_EQ(file->size().value(), size);
  struct stat state{};
  ASSERT_EQ(::stat((root_ + "/a").c_str(), &state), 0);
  EXPECT_GE(static_cast<std::uint64_t>(state.st_blocks) * 512, size);  // no holes
  std::string out;
  ASSERT_TRUE(file->read_at(0, size, out).has_value());
  EXPECT_EQ(out.substr(0, 3), "abc");
  EXPECT_EQ(out.find_first_not_of('\0', 3), std::string::npos);
  ASSERT_TRUE(file->preallocate(10).has_value());  // never shrinks
  EXPECT_EQ(file->size().value(), size);
}

TEST_F(DiskTest, GivesTightRights) {
  const mode_t before = ::umask(0);
  disk_->open("a", OpenMode::create).value();
  ASSERT_TRUE(disk_->make_directory("b/c").has_value());
  const auto lock = disk_->lock("l").value();
  ::umask(before);
  EXPECT_EQ(rights_of("a"), 0600u);
  EXPECT_EQ(rights_of("b"), 0700u);
  EXPECT_EQ(rights_of("b/c"), 0700u);
  EXPECT_EQ(rights_of("l"), 0600u);
  EXPECT_EQ(rights_of("."), 0700u);
}

TEST_F(DiskTest, NamesErrorsByHowToReact) {
  EXPECT_EQ(disk_->open("a", OpenMode::read).error().code, ErrorCode::not_found);
  EXPECT_EQ(disk_->open("a", OpenMode::read_write).error().code, ErrorCode::not_found);
  disk_->open("a", OpenMode::create).value();
  const auto twice = disk_->open("a", OpenMode::create);
  EXPECT_EQ(twice.error().code, ErrorCode::conflict);
  EXPECT_EQ(twice.error().to_string(), root_ + "/a: opening the file failed: File exists (EEXIST)");
  EXPECT_EQ(disk_->remove("b").error().code, ErrorCode::not_found);
  EXPECT_EQ(disk_->rename("b", "c").error().code, ErrorCode::not_found);
  EXPECT_EQ(disk_->list("b").error().code, ErrorCode::not_found);
  EXPECT_EQ(disk_->sync_directory("b").error().code, ErrorCode::not_found);
  EXPECT_EQ(disk_->make_directory("a").error().code, ErrorCode::invalid);
  EXPECT_EQ(disk_->make_directory("a/b").error().code, ErrorCode::invalid);
  EXPECT_EQ(disk_->list("a").error().code, ErrorCode::invalid);
  EXPECT_FALSE(Disk::open_root(parent_ + "/no/where").has_value());
  EXPECT_FALSE(Disk::open_root(root_ + "/a").has_value());
}

TEST_F(DiskTest, StaysBelowItsRoot) {
  for (const char* path : {"/etc/passwd", "..", "a/../b", "./a", "a//b", "a/", "a/."}) {
    SCOPED_TRACE(path);
    EXPECT_EQ(disk_->open(path, OpenMode::create).error().code, ErrorCode::invalid);
    EXPECT_EQ(disk_->exists(path).error().code, ErrorCode::invalid);
    EXPECT_EQ(disk_->remove(path).error().code, ErrorCode::invalid);
    EXPECT_EQ(disk_->rename(path, "x").error().code, ErrorCode::invalid);
    EXPECT_EQ(disk_->rename("x", path).error().code, ErrorCode::invalid);
    EXPECT_EQ(disk_->make_directory(path).error().code, ErrorCode::invalid);
    EXPECT_EQ(disk_->list(path).error().code, ErrorCode::invalid);
    EXPECT_EQ(disk_->sync_directory(path).error().code, ErrorCode::invalid);
    EXPECT_EQ(disk_->lock(path).error().code, ErrorCode::invalid);
  }
  EXPECT_EQ(disk_->open(std::string_view("a\0b", 3), OpenMode::create).error().code, ErrorCode::invalid);
  ASSERT_EQ(::symlink("/etc/passwd", (root_ + "/link").c_str()), 0);
  EXPECT_FALSE(disk_->open("link", OpenMode::read).has_value());
}

TEST_F(DiskTest, ListsRenamesAndRemoves) {
  for (const char* name : {"b", "a", "B", "10", "9"}) disk_->open(name, OpenMode::create).value();
  ASSERT_TRUE(disk_->make_directory("dir").has_value());
  EXPECT_EQ(disk_->list("").value(), (std::vector<std::string>{"10", "9", "B", "a", "b", "dir"}));
  EXPECT_EQ(disk_->list("dir").value(), std::vector<std::string>{});
  ASSERT_TRUE(disk_->rename("a", "dir/a").has_value());
  ASSERT_TRUE(disk_->rename("b", "B").has_value());  // replaces
  ASSERT_TRUE(disk_->remove("9").has_value());
  ASSERT_TRUE(disk_->sync_directory("dir").has_value());
  ASSERT_TRUE(disk_->sync_directory("").has_value());
  EXPECT_EQ(disk_->list(".").value(), (std::vector<std::string>{"10", "B", "dir"}));
  EXPECT_TRUE(disk_->exists("dir/a").value());
  EXPECT_FALSE(disk_->exists("a").value());
}

TEST_F(DiskTest, LeavesNoDescriptorBehind) {
  const auto count = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                         std::filesystem::directory_iterator());
  };
  const auto before = count();
  for (int i = 0; i < 10; ++i) {
    disk_->list("").value();
    ASSERT_TRUE(disk_->sync_directory("").has_value());
    static_cast<void>(disk_->list("none"));
    static_cast<void>(disk_->lock("l"));
  }
  EXPECT_EQ(count(), before);
}

TEST_F(DiskTest, LocksOnce) {
  auto first = disk_->lock("lock");
  ASSERT_TRUE(first.has_value());
  const auto other = Disk::open_root(root_).value();
  const auto second = other->lock("lock");
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
  first->reset();
  EXPECT_TRUE(other->lock("lock").has_value());
}

// The kernel's own bound on file size stands in for a full disk: the same call fails in the same place.
TEST_F(DiskTest, SaysSoWhenThereIsNoRoom) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{1'500'000, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto file = disk_->open("a", OpenMode::create).value();
  const auto status = file->preallocate(3'000'000);
  const auto written = file->write_at(1'600'000, "x");
  const auto grown = file->truncate(1'600'000);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, SIG_DFL);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, ErrorCode::io);
  EXPECT_NE(status.error().detail.find("(EFBIG)"), std::string::npos) << status.error().detail;
  EXPECT_FALSE(written.has_value());
  EXPECT_FALSE(grown.has_value());
}

TEST(FailErrno, TellsWhatToDo) {
  EXPECT_EQ(fail_errno(ENOSPC, "x", "writing").error().to_string(),
            "x: writing failed: No space left on device (ENOSPC); free space on the disk and start again");
  EXPECT_EQ(fail_errno(ENOSPC, "x", "writing").error().code, ErrorCode::io);
  EXPECT_EQ(fail_errno(EACCES, "x", "opening").error().code, ErrorCode::denied);
  EXPECT_EQ(fail_errno(EMFILE, "x", "opening").error().code, ErrorCode::limit);
  EXPECT_EQ(fail_errno(EADDRINUSE, "x", "taking the port").error().code, ErrorCode::conflict);
}

}  // namespace
}  // namespace tillwatch::posix
