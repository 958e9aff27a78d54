#include "posix/hardening.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "posix/descriptor.h"

namespace tillwatch::posix {

core::Status harden_process() {
  ::umask(077);
  const rlimit none{0, 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0) return fail_errno(errno, "process", "forbidding core images");
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
    return fail_errno(errno, "process", "forbidding dumps and tracing");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return fail_errno(errno, "process", "giving up new privileges");
  return {};
}

}  // namespace tillwatch::posix
