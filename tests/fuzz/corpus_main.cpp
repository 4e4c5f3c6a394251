#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

// Runs a fuzz target in builds without a fuzzer: over the files of a folder, and over random
// changes of them, the same ones each time. What failed last is in OUT, to become a file of the
// folder.

// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

void run(const std::string& text) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
  (void)LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

/// A few bytes become others, go, or come twice; or two inputs are joined.
std::string changed(const std::vector<std::string>& inputs, std::minstd_rand& dice) {
  std::string text = inputs[dice() % inputs.size()];
  for (auto times = 1 + dice() % 4; times > 0; --times) {
    const std::size_t at = text.empty() ? 0 : dice() % text.size();
    const std::size_t count = 1 + dice() % 8;
    switch (dice() % 5) {
      case 0:
        if (!text.empty()) { text[at] = static_cast<char>(dice()); }
        break;
      case 1:
        if (!text.empty()) {
          text[at] = static_cast<char>(text[at] ^ (1 << static_cast<int>(dice() % 8)));
        }
        break;
      case 2: text.erase(at, count); break;
      case 3: text.insert(at, text.substr(at, count)); break;
      default: text.insert(at, inputs[dice() % inputs.size()]); break;
    }
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: TARGET CORPUS_FOLDER CHANGES OUT\n", stderr);
    return 2;
  }
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator{argv[1]}) { files.push_back(entry.path()); }
  if (files.empty()) { return 1; }
  std::sort(files.begin(), files.end());
  std::vector<std::string> inputs;
  for (const fs::path& file : files) {
    std::ifstream in{file, std::ios::binary};
    inputs.emplace_back(std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{});
    std::printf("%s\n", file.c_str());
    std::fflush(stdout);
    run(inputs.back());
  }
  std::minstd_rand dice{1};
  for (long left = std::strtol(argv[2], nullptr, 10); left > 0; --left) {
    const std::string text = changed(inputs, dice);
    std::ofstream{argv[3], std::ios::binary} << text;
    run(text);
  }
  fs::remove(argv[3]);
}
