#include "archive/gzip_source.h"

#include <zlib.h>

#include <limits>

#include "core/check.h"

namespace tillwatch::archive {
namespace {
constexpr std::size_t buffer_bytes = 256 * 1024;
constexpr int gzip_only = 16 + MAX_WBITS;  // zlib's way to say: gzip header and trailer, verified

Bytef* bytes_of(char* text) {
  return static_cast<Bytef*>(static_cast<void*>(text));
}
}  // namespace

struct GzipSource::Inflater {
  z_stream stream{};
  Inflater() { CHECK(inflateInit2(&stream, gzip_only) == Z_OK); }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
};

GzipSource::GzipSource(FileInput input)
    : input_(std::move(input)), inflater_(std::make_unique<Inflater>()), buffer_(buffer_bytes, '\0') {}
GzipSource::~GzipSource() = default;

std::unexpected<core::Error> GzipSource::damaged(std::string_view what) const {
  const std::uint64_t at = input_.taken() - inflater_->stream.avail_in;
  return core::fail(core::ErrorCode::corrupt, input_.name(),
                    "the gzip file is damaged at compressed byte " + std::to_string(at) +
                        " (uncompressed byte " + std::to_string(out_) + "): " + std::string(what) +
                        "; fetch the file again");
}

core::Status GzipSource::refill() {
  TRY(size, input_.read(buffer_));
  if (size < buffer_.size()) input_ended_ = true;
  inflater_->stream.next_in = bytes_of(buffer_.data());
  inflater_->stream.avail_in = static_cast<uInt>(size);
  return {};
}

core::Status GzipSource::begin_member() {
  z_stream& stream = inflater_->stream;
  for (;;) {
    if (stream.avail_in == 0) {
      if (input_ended_) {
        ended_ = true;
        return {};
      }
      TRY_STATUS(refill());
      continue;
    }
    if (*stream.next_in != 0) break;  // tapes and block devices pad with zeros after the last member
    ++stream.next_in;
    --stream.avail_in;
  }
  if (*stream.next_in != 0x1f) return damaged("something that is not gzip follows the last member");
  CHECK(inflateReset(&stream) == Z_OK);
  between_members_ = false;
  return {};
}

core::Result<std::size_t> GzipSource::read(std::span<char> out) {
  CHECK(!out.empty());
  z_stream& stream = inflater_->stream;
  const std::size_t wanted = std::min<std::size_t>(out.size(), std::numeric_limits<uInt>::max());
  stream.next_out = bytes_of(out.data());
  stream.avail_out = static_cast<uInt>(wanted);
  while (stream.avail_out > 0 && !ended_) {
    if (between_members_) {
      TRY_STATUS(begin_member());
      continue;
    }
    if (stream.avail_in == 0 && !input_ended_) TRY_STATUS(refill());
    const uInt room = stream.avail_out;
    const int result = inflate(&stream, Z_NO_FLUSH);
    out_ += room - stream.avail_out;
    if (result == Z_STREAM_END) {
      between_members_ = true;
    } else if (result == Z_BUF_ERROR ||
               (result == Z_OK && stream.avail_in == 0 && input_ended_ && stream.avail_out > 0)) {
      if (stream.avail_in == 0 && input_ended_) return damaged("it is cut short");
    } else if (result != Z_OK) {
      return damaged(stream.msg != nullptr ? stream.msg : "the data cannot be expanded");
    }
  }
  return wanted - stream.avail_out;
}

}  // namespace tillwatch::archive
