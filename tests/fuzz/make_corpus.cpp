#include <filesystem>
#include <fstream>

#include "tests/fuzz/wire_fuzz.hpp"

// Writes what the wire's fuzz targets begin with: make_corpus CORPUS REQUESTS, the folder of all
// corpora and data/golden/tws-requests/requests.txt. One message a file, from our own encoders and
// as a public client sends it.

namespace v6::fuzz {
namespace {

namespace fs = std::filesystem;

void put(const fs::path& file, char mode, std::string_view bytes) {
  fs::create_directories(file.parent_path());
  std::ofstream out{file, std::ios::binary};
  out.put(mode).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::string framed(std::string_view payload) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(payload.size() >> static_cast<unsigned>(shift) & 0xFFU));
  }
  return bytes.append(payload);
}

template <class... M>
void messages(std::tuple<M...>* /*all*/, const fs::path& decoder, const fs::path& machine) {
  const auto one = [&]<class One>(const One& message) {
    std::string bytes;
    ibkr::append_message(bytes, message, ibkr::kNewestVersion);
    put(decoder / One::kName, '\x7f', bytes);
    put(machine / One::kName, '\x7f', bytes);
  };
  (one(M{}), ...);
}

/// Lines of a name, a tab and a payload with '~' for NUL.
void golden(const fs::path& requests, const fs::path& corpora) {
  std::ifstream lines{requests};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string::npos || line.starts_with("opening")) { continue; }
    std::string payload = line.substr(tab + 1);
    std::ranges::replace(payload, '~', '\0');
    const std::string name = "golden_" + line.substr(0, tab);
    put(corpora / "wire_requests" / name, '\x7f', framed(payload));
    put(corpora / "gateway_bytes" / name, '\x7f', framed(payload));
  }
}

}  // namespace
}  // namespace v6::fuzz

int main(int argc, char** argv) {
  if (argc != 3) { return 2; }
  const std::filesystem::path corpora = argv[1];
  v6::fuzz::messages(static_cast<v6::ibkr::Requests*>(nullptr), corpora / "wire_requests",
                     corpora / "gateway_bytes");
  v6::fuzz::messages(static_cast<v6::ibkr::Replies*>(nullptr), corpora / "wire_replies",
                     corpora / "client_bytes");
  v6::fuzz::golden(argv[2], corpora);
  v6::fuzz::put(corpora / "gateway_bytes" / "opening", '\x40',
                v6::ibkr::opening_of({157, 178}) + v6::fuzz::framed(std::string("71\0"
                                                                                "2\0"
                                                                                "3\0\0",
                                                                                8)));
  return 0;
}
