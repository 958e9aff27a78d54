#include "posix/signals.h"

#include <pthread.h>
#include <sys/signalfd.h>

namespace tillwatch::posix {

core::Result<Signals> Signals::block() {
  sigset_t wanted;
  sigemptyset(&wanted);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&wanted, signal);
  sigset_t before;
  if (const int error = ::pthread_sigmask(SIG_BLOCK, &wanted, &before); error != 0) {
    return fail_errno(error, "signals", "blocking the signals");
  }
  Descriptor fd(::signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!fd.open()) {
    const int error = errno;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return fail_errno(error, "signals", "opening the signal descriptor");
  }
  return Signals(std::move(fd), before);
}

Signals::~Signals() {
  if (fd_.open()) ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

Signals::Pending Signals::take() {
  Pending pending;
  signalfd_siginfo info{};
  while (retry([&] { return ::read(fd_.get(), &info, sizeof info); }) == static_cast<ssize_t>(sizeof info)) {
    if (info.ssi_signo == static_cast<unsigned>(SIGHUP)) {
      pending.reload = true;
    } else {
      pending.stop = true;
    }
  }
  return pending;
}

}  // namespace tillwatch::posix
