#include "posix/descriptor.h"

#include <fmt/format.h>

#include <cstring>

namespace tillwatch::posix {

namespace {

core::ErrorCode code_of(int error) {
  switch (error) {
    case ENOENT:
      return core::ErrorCode::not_found;
    case EEXIST:
    case EADDRINUSE:
    case EWOULDBLOCK:
      return core::ErrorCode::conflict;
    case EACCES:
    case EPERM:
      return core::ErrorCode::denied;
    case EMFILE:
    case ENFILE:
      return core::ErrorCode::limit;
    case EINVAL:
    case ENAMETOOLONG:
    case ENOTDIR:
    case EISDIR:
    case ELOOP:
      return core::ErrorCode::invalid;
    default:
      return core::ErrorCode::io;  // ENOSPC and EDQUOT too: the part that needed the write must stop
  }
}

const char* advice_for(int error) {
  switch (error) {
    case ENOSPC:
      return "; free space on the disk and start again";
    case EDQUOT:
      return "; raise the quota and start again";
    case EMFILE:
    case ENFILE:
      return "; raise the limit of open files";
    case EADDRINUSE:
      return "; another process listens there";
    case EROFS:
      return "; the file system is mounted read-only";
    default:
      return "";
  }
}

}  // namespace

std::unexpected<core::Error> fail_errno(int error, std::string where, const std::string& action) {
  const char* name = strerrorname_np(error);
  return core::fail(code_of(error), std::move(where),
                    fmt::format("{} failed: {} ({}){}", action, strerrordesc_np(error),
                                name != nullptr ? name : std::to_string(error).c_str(), advice_for(error)));
}

}  // namespace tillwatch::posix
