#include "tests/fuzz/wire_fuzz.hpp"

// Any bytes as what a client sends.

// The fuzzer's name for it. NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  v6::fuzz::read_stream<v6::ibkr::Placeholder::kIsZero>(
      v6::fuzz::bytes_of(data, size), [](std::string_view payload, int version, auto& handler) {
        return v6::ibkr::read_request(payload, version, handler);
      });
  return 0;
}
