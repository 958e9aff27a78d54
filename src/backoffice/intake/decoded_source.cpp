#include "intake/decoded_source.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "core/check.h"

namespace tillwatch::intake {
namespace {

constexpr std::size_t piece_bytes = std::size_t{64} * 1024;
constexpr char no_character = '\xff';

}  // namespace

DecodedSource::DecodedSource(std::unique_ptr<ports::ByteSource> source)
    : source_(std::move(source)), way_(::iconv_open("UTF-8", "GB18030")) {
  // The conversion comes with the C library; without it nothing can be read and nothing may be guessed.
  CHECK(way_ != reinterpret_cast<void*>(-1));
}

DecodedSource::~DecodedSource() {
  ::iconv_close(way_);
}

// Turns what it can of raw_ into text_; an unfinished character stays until more comes.
void DecodedSource::decode() {
  std::array<char, piece_bytes> room;
  char* from = raw_.data();
  std::size_t left = raw_.size();
  while (left > 0) {
    char* to = room.data();
    std::size_t space = room.size();
    errno = 0;
    const std::size_t done = ::iconv(way_, &from, &left, &to, &space);
    const int error = errno;
    text_.append(room.data(), room.size() - space);
    if (done != static_cast<std::size_t>(-1) || error == E2BIG) continue;
    if (error == EINVAL && !ended_) break;
    text_.push_back(no_character);
    ++from;
    --left;
  }
  raw_.erase(0, raw_.size() - left);
}

core::Status DecodedSource::refill() {
  text_.clear();
  given_ = 0;
  while (text_.empty() && !ended_) {
    const std::size_t kept = raw_.size();
    raw_.resize(kept + piece_bytes);
    TRY(size, source_->read(std::span(raw_).subspan(kept)));
    raw_.resize(kept + size);
    ended_ = size == 0;
    decode();
  }
  return {};
}

core::Result<std::size_t> DecodedSource::read(std::span<char> out) {
  if (given_ == text_.size()) TRY_STATUS(refill());
  const std::size_t size = std::min(out.size(), text_.size() - given_);
  std::copy_n(text_.data() + given_, size, out.data());
  given_ += size;
  bytes_out_ += size;
  return size;
}

}  // namespace tillwatch::intake
