#include "archive/filter_source.h"

#include <archive.h>
#include <archive_entry.h>

#include <string>

#include "core/check.h"

namespace tillwatch::archive {
namespace {
constexpr std::size_t buffer_bytes = 256 * 1024;
}

struct FilterSource::State {
  FileInput input;
  Filter filter;
  ::archive* handle;
  std::string buffer;
  core::Error read_error;  // of the medium; libarchive only carries "failed" across
  bool read_failed = false;

  State(FileInput from, Filter which)
      : input(std::move(from)), filter(which), handle(archive_read_new()), buffer(buffer_bytes, '\0') {
    CHECK(handle != nullptr);
    CHECK((which == Filter::xz ? archive_read_support_filter_xz(handle)
                               : archive_read_support_filter_zstd(handle)) == ARCHIVE_OK);
    CHECK(archive_read_support_format_raw(handle) == ARCHIVE_OK);
    CHECK(archive_read_support_format_empty(handle) == ARCHIVE_OK);
  }
  ~State() { archive_read_free(handle); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  static la_ssize_t feed(::archive*, void* self, const void** data) {
    State& state = *static_cast<State*>(self);
    core::Result<std::size_t> size = state.input.read(state.buffer);
    if (!size) {
      state.read_error = std::move(size).error();
      state.read_failed = true;
      return -1;
    }
    *data = state.buffer.data();
    return static_cast<la_ssize_t>(*size);
  }
};

FilterSource::FilterSource(FileInput input, Filter filter)
    : state_(std::make_unique<State>(std::move(input), filter)) {}
FilterSource::~FilterSource() = default;

std::string_view FilterSource::name() const {
  return state_->input.name();
}
std::uint64_t FilterSource::bytes_in() const {
  return state_->input.taken();
}
std::optional<std::uint64_t> FilterSource::bytes_in_total() const {
  return state_->input.total();
}

std::unexpected<core::Error> FilterSource::damaged() const {
  if (state_->read_failed) return std::unexpected(state_->read_error);
  // liblzma says "no progress is possible" where its input ends too early or goes on with something else.
  const char* text = archive_error_string(state_->handle);
  const std::string_view said = text == nullptr ? "" : text;
  const bool short_input =
      said.find("No progress") != std::string_view::npos || said.find("runcated") != std::string_view::npos;
  return core::fail(core::ErrorCode::corrupt, state_->input.name(),
                    std::string("the ") + (state_->filter == Filter::xz ? "xz" : "zstd") +
                        " file is damaged near compressed byte " +
                        std::to_string(archive_filter_bytes(state_->handle, -1)) + " (uncompressed byte " +
                        std::to_string(out_) + "): " +
                        (short_input ? "it is cut short, or something else follows it"
                                     : "the data cannot be expanded or its checksum is wrong") +
                        "; fetch the file again");
}

core::Status FilterSource::begin() {
  begun_ = true;
  if (archive_read_open(state_->handle, state_.get(), nullptr, State::feed, nullptr) != ARCHIVE_OK)
    return damaged();
  archive_entry* entry = nullptr;
  const int result = archive_read_next_header(state_->handle, &entry);
  if (result == ARCHIVE_EOF)
    ended_ = true;  // nothing in it
  else if (result != ARCHIVE_OK)
    return damaged();
  return {};
}

core::Result<std::size_t> FilterSource::read(std::span<char> out) {
  CHECK(!out.empty());
  if (!begun_) TRY_STATUS(begin());
  if (ended_) return 0;
  const la_ssize_t size = archive_read_data(state_->handle, out.data(), out.size());
  if (size < 0) return damaged();
  if (size == 0) ended_ = true;
  out_ += static_cast<std::uint64_t>(size);
  return static_cast<std::size_t>(size);
}

}  // namespace tillwatch::archive
