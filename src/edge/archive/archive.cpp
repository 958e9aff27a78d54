#include "archive/archive.h"

#include <utility>

#include "archive/file_input.h"
#include "archive/filter_source.h"
#include "archive/gzip_source.h"

namespace tillwatch::archive {
namespace {

class PlainSource final : public ports::ByteSource {
 public:
  explicit PlainSource(FileInput input) : input_(std::move(input)) {}
  core::Result<std::size_t> read(std::span<char> out) override { return input_.read(out); }
  std::string_view name() const override { return input_.name(); }
  std::uint64_t bytes_out() const override { return input_.taken(); }
  std::uint64_t bytes_in() const override { return input_.taken(); }
  std::optional<std::uint64_t> bytes_in_total() const override { return input_.total(); }

 private:
  FileInput input_;
};

core::Result<std::unique_ptr<ports::ByteSource>> wrap(FileInput input) {
  using namespace std::string_view_literals;
  TRY(head, input.peek(6));
  // Magic numbers: RFC 1952 2.3.1, the .xz file format 2.1.1.1, RFC 8878 3.1.1 and 3.1.2 (a skippable frame
  // may lead).
  if (head.starts_with("\x1f\x8b"sv)) return std::make_unique<GzipSource>(std::move(input));
  if (head == "\xfd\x37zXZ\0"sv) return std::make_unique<FilterSource>(std::move(input), Filter::xz);
  const bool skippable = head.size() >= 4 && (static_cast<unsigned char>(head[0]) & 0xf0) == 0x50 &&
                         head.substr(1, 3) == "\x2a\x4d\x18"sv;
  if (head.starts_with("\x28\xb5\x2f\xfd"sv) || skippable)
    return std::make_unique<FilterSource>(std::move(input), Filter::zstd);
  return std::make_unique<PlainSource>(std::move(input));
}

}  // namespace

core::Result<std::unique_ptr<ports::ByteSource>> open_file(const std::string& path) {
  TRY(input, FileInput::open(path));
  return wrap(std::move(input));
}

core::Result<std::unique_ptr<ports::ByteSource>> open_standard_input() {
  return wrap(FileInput::standard_input());
}

}  // namespace tillwatch::archive
