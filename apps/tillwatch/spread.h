// Work that several threads share, each piece done once. Called by what tells worlds (world_run.cpp,
// world_files.cpp). Which thread does which piece must not matter.
#pragma once

#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace tillwatch {

// Does `work(i)` for 0 <= i < count on the threads; each i once.
template <class Work>
void spread(int threads, std::size_t count, const Work& work) {
  std::atomic<std::size_t> next = 0;
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::thread> helpers;
  for (int i = 1; i < threads; ++i) helpers.emplace_back(run);
  run();
  for (std::thread& helper : helpers) helper.join();
}

}  // namespace tillwatch
