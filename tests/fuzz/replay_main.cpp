// The main of a fuzz entry where libFuzzer is not linked: replays every file of the folder given and fixed
// mutations of it. Called by ctest. Finds little that is new; its task is that entries compile, link and hold
// for what was found before.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {
constexpr int mutations_per_file = 300;

void feed(const std::string& input) {
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::string mutate(std::string input, std::mt19937_64& random) {
  for (std::uint64_t changes = 1 + random() % 4; changes > 0; --changes) {
    const std::size_t at = input.empty() ? 0 : static_cast<std::size_t>(random() % input.size());
    const std::size_t length =
        std::min<std::size_t>(input.size() - at, static_cast<std::size_t>(random() % 16));
    switch (random() % 5) {
      case 0:
        input.insert(at, 1, static_cast<char>(random() % 256));
        break;
      case 1:
        input.erase(at, length);
        break;
      case 2:
        input.insert(at, input.substr(at, length));
        break;
      case 3:
        input.resize(at);
        break;
      default:
        if (!input.empty())
          input[at] = static_cast<char>(static_cast<unsigned char>(input[at]) ^ (1u << (random() % 8)));
    }
  }
  return input;
}
}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s CORPUS_FOLDER\n", argv[0]);
    return 2;
  }
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::mt19937_64 random(1);
  for (const std::filesystem::path& file : files) {
    std::ifstream in(file, std::ios::binary);
    const std::string input((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    feed(input);
    for (int i = 0; i < mutations_per_file; ++i) feed(mutate(input, random));
  }
  std::printf("%zu inputs, %d mutations of each\n", files.size(), mutations_per_file);
  return files.empty() ? 1 : 0;
}
