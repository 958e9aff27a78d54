#include "archive/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "core/check.h"

namespace tillwatch::archive {
namespace {

using core::ErrorCode;

// Packs with libarchive's writers, so that the readers meet what others produce.
std::string pack(std::string_view text, int (*filter)(::archive*)) {
  std::string out(text.size() * 2 + 4096, '\0');
  std::size_t used = 0;
  ::archive* writer = archive_write_new();
  CHECK(filter(writer) == ARCHIVE_OK && archive_write_set_format_raw(writer) == ARCHIVE_OK);
  CHECK(archive_write_set_bytes_in_last_block(writer, 1) == ARCHIVE_OK);
  CHECK(archive_write_open_memory(writer, out.data(), out.size(), &used) == ARCHIVE_OK);
  archive_entry* entry = archive_entry_new();
  archive_entry_set_filetype(entry, AE_IFREG);
  CHECK(archive_write_header(writer, entry) == ARCHIVE_OK);
  CHECK(archive_write_data(writer, text.data(), text.size()) == static_cast<la_ssize_t>(text.size()));
  CHECK(archive_write_close(writer) == ARCHIVE_OK);
  archive_entry_free(entry);
  archive_write_free(writer);
  out.resize(used);
  return out;
}
std::string gz(std::string_view text) {
  return pack(text, archive_write_add_filter_gzip);
}
std::string xz(std::string_view text) {
  return pack(text, archive_write_add_filter_xz);
}
std::string zst(std::string_view text) {
  return pack(text, archive_write_add_filter_zstd);
}

// Compressible, but not so much that a damaged byte could hide.
std::string sample(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string text;
  while (text.size() < size) text += std::to_string(random() % 1000000) + ",row\n";
  text.resize(size);
  return text;
}

class Archive : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::path(::testing::TempDir()) /
        ("archive_test_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& content) {
    const std::string path = folder_ / "input";
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }

  struct Read {
    std::string text;
    core::Status status;
    std::uint64_t bytes_in = 0, bytes_out = 0;
    std::optional<std::uint64_t> total;
  };
  Read read(const std::string& content, std::size_t step = 7919) {
    Read result;
    core::Result<std::unique_ptr<ports::ByteSource>> source = open_file(write(content));
    if (!source) {
      result.status = std::unexpected(source.error());
      return result;
    }
    std::string buffer(step, '\0');
    for (;;) {
      core::Result<std::size_t> size = (*source)->read(buffer);
      if (!size) {
        result.status = std::unexpected(size.error());
        break;
      }
      if (*size == 0) {
        EXPECT_EQ((*source)->read(buffer).value(), 0u);  // the end stays the end
        break;
      }
      result.text.append(buffer, 0, *size);
    }
    result.bytes_in = (*source)->bytes_in();
    result.bytes_out = (*source)->bytes_out();
    result.total = (*source)->bytes_in_total();
    return result;
  }
  void expect_text(const std::string& content, const std::string& text) {
    const Read got = read(content);
    ASSERT_TRUE(got.status.has_value()) << got.status.error().to_string();
    EXPECT_TRUE(got.text == text) << got.text.size() << " bytes instead of " << text.size();
    EXPECT_EQ(got.bytes_out, text.size());
    EXPECT_EQ(got.bytes_in, content.size());
    EXPECT_EQ(got.total, content.size());
  }
  void expect_damage(const std::string& content, const std::string& part_of_text) {
    const Read got = read(content);
    ASSERT_FALSE(got.status.has_value()) << "read " << got.text.size() << " bytes without complaint";
    EXPECT_EQ(got.status.error().code, ErrorCode::corrupt);
    EXPECT_NE(got.status.error().detail.find(part_of_text), std::string::npos) << got.status.error().detail;
    EXPECT_NE(got.status.error().detail.find("compressed byte"), std::string::npos);
  }
  std::filesystem::path folder_;
};

TEST_F(Archive, reads_plain_gzip_xz_and_zstd) {
  const std::string text = sample(700'000, 1);
  expect_text(text, text);
  expect_text(gz(text), text);
  expect_text(xz(text), text);
  expect_text(zst(text), text);
}

TEST_F(Archive, reads_nothing_from_empty_files) {
  expect_text("", "");
  expect_text(gz(""), "");
  expect_text(xz(""), "");
  expect_text(zst(""), "");
}

TEST_F(Archive, short_plain_files_are_not_taken_for_archives) {
  for (const std::string text : {"\x1f", "a", "\xfd\x37z", "P*M", "id,amount\n"}) expect_text(text, text);
}

TEST_F(Archive, joins_members) {
  const std::string a = sample(300'000, 2), b = sample(5, 3), c = sample(70'000, 4);
  expect_text(gz(a) + gz(b) + gz(c), a + b + c);
  expect_text(xz(a) + xz(b) + xz(c), a + b + c);
  expect_text(zst(a) + zst(b) + zst(c), a + b + c);
  expect_text(gz(a) + gz(c) + std::string(512, '\0'), a + c);  // padding of a tape
}

TEST_F(Archive, the_step_of_reading_changes_nothing) {
  const std::string text = sample(20'000, 5);
  for (const std::size_t step : {1ul, 2ul, 4095ul, 1ul << 20}) {
    EXPECT_EQ(read(gz(text), step).text, text);
    EXPECT_EQ(read(xz(text), step).text, text);
    EXPECT_EQ(read(zst(text), step).text, text);
    EXPECT_EQ(read(text, step).text, text);
  }
}

TEST_F(Archive, cut_archives_are_damaged) {
  const std::string text = sample(400'000, 6);
  for (const std::string& whole : {gz(text), xz(text), zst(text)})
    for (const std::size_t left : {whole.size() / 2, whole.size() - 9, whole.size() - 1}) {
      SCOPED_TRACE(left);
      expect_damage(whole.substr(0, left), "cut short");
    }
}

TEST_F(Archive, what_follows_an_archive_is_damage) {
  const std::string text = sample(1000, 7);
  expect_damage(gz(text) + "garbage", "follows the last member");
  expect_damage(xz(text) + "garbage", "damaged near");
  expect_damage(zst(text) + "garbage", "damaged near");
}

// Any flipped bit of the body is found, also where it only shows in the checksum.
TEST_F(Archive, flipped_bits_are_damage) {
  const std::string text = sample(60'000, 8);
  std::mt19937 random(9);
  for (int i = 0; i < 60; ++i) {
    for (std::string damaged : {gz(text), xz(text)}) {
      const std::size_t at = 12 + random() % (damaged.size() - 12);
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << (random() % 8)));
      const Read got = read(damaged);
      EXPECT_FALSE(got.status.has_value() && got.text != text)
          << "byte " << at << " changed the text unnoticed";
    }
  }
  std::string checksum = gz(text);
  checksum[checksum.size() - 6] = static_cast<char>(checksum[checksum.size() - 6] ^ 1);
  expect_damage(checksum, "incorrect data check");
  std::string length = gz(text);
  length[length.size() - 2] = static_cast<char>(length[length.size() - 2] ^ 1);
  expect_damage(length, "incorrect length check");
}

TEST_F(Archive, missing_files_and_folders_are_named) {
  const core::Result<std::unique_ptr<ports::ByteSource>> missing = open_file(folder_ / "none");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  const core::Result<std::unique_ptr<ports::ByteSource>> folder = open_file(folder_);
  ASSERT_FALSE(folder.has_value());
  EXPECT_EQ(folder.error().code, ErrorCode::io);
  EXPECT_NE(folder.error().detail.find("folder"), std::string::npos);
}

TEST_F(Archive, a_medium_that_fails_is_an_io_error) {
  // A process may open its own memory but not read address 0 of it.
  core::Result<std::unique_ptr<ports::ByteSource>> source = open_file("/proc/self/mem");
  if (source.has_value()) {
    std::string buffer(16, '\0');
    const core::Result<std::size_t> size = (*source)->read(buffer);
    ASSERT_FALSE(size.has_value());
    EXPECT_EQ(size.error().code, ErrorCode::io);
  } else {
    EXPECT_EQ(source.error().code, ErrorCode::io);
  }
}

}  // namespace
}  // namespace tillwatch::archive
