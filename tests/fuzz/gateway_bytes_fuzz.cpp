#include "sim/gateway_test_kit.hpp"
#include "tests/fuzz/wire_fuzz.hpp"

// Any bytes from one client of the gateway: it is answered or closed, and another client goes on.

namespace v6::fuzz {
namespace {

void talk(std::string_view bytes) {
  GatewayDay day{{.messages_per_second = 1'000'000}};
  day.start("good", 1);
  day.open("bad");
  const auto mode = static_cast<std::uint8_t>(bytes.front());
  bytes.remove_prefix(1);
  // Most bytes make no opening: mostly, they come after one.
  if (mode % 4 != 0) { day.send("bad", std::string{ibkr::kOpening} + framed("v157..178")); }
  if (mode % 4 > 1) { day.say("bad", "71~2~2~~"); }
  const std::size_t piece = 1 + mode;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    day.send("bad", std::string{bytes.substr(0, piece)});
    day.pass(std::chrono::milliseconds{300});
  }
  day.messages["good"].clear();
  day.say("good", "49~1~");
  const auto heard = day.heard("good");
  V6_CHECK(!day.closed("good"), "one client's bytes closed another's link");
  V6_CHECK(std::ranges::any_of(heard, [](const auto& m) { return m.starts_with("49~"); }),
           "one client's bytes silenced another");
  day.leave("bad");
  day.pass(std::chrono::seconds{1});
}

}  // namespace
}  // namespace v6::fuzz

// The fuzzer's name for it. NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 1) { v6::fuzz::talk(v6::fuzz::bytes_of(data, size)); }
  return 0;
}
