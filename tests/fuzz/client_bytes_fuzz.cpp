#include <vector>

#include "calendar/new_york.hpp"
#include "ibkr/tws_client.hpp"
#include "tests/fuzz/wire_fuzz.hpp"

// Any bytes from a gateway: the client reads them or closes the link, and on the next one it begins
// anew. Time goes on between the pieces, so that whatever falls due is done.

namespace v6::fuzz {
namespace {

using namespace literals;
using std::chrono::milliseconds;

const Calendar& calendar() {
  static const Calendar kCalendar{
      {.holidays_source = {.name = "fuzz", .first = date(2019, 1, 1), .last = date(2019, 12, 31)}}};
  return kCalendar;
}

class Talk {
 public:
  Talk()
      : client_{{.account = "DU1", .underlyings = {"SPX"_sym}, .roots = {"SPXW"_sym}},
                calendar(),
                FeeSchedule{},
                {},
                {.event = [this](Instant, EventBody) { ++events_; },
                 .notice =
                     [](Instant, AlertLevel, const std::string& text) {
                       V6_CHECK(!text.empty(), "a notice without a word");
                     },
                 .contracts = [](const std::vector<ibkr::ContractRow>&) {}}} {}

  void run(std::string_view bytes) {
    const auto mode = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    connect(mode % 4 != 0, mode % 4 > 1);
    const std::size_t piece = 1 + mode;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
      client_.received(now_, bytes.substr(0, piece));
      pass(milliseconds{mode % 3 == 0 ? 200 : 4'000});
      if (client_.wants_close()) { break; }
    }
    client_.disconnected(now_, "the end of the bytes");
    V6_CHECK(client_.state() == LinkState::kLost, "no link, and it does not say so");
    for (int i = 0; i < 100 && !client_.wants_connection() && !client_.refusal(); ++i) {
      pass(std::chrono::seconds{1});
    }
    V6_CHECK(client_.wants_connection() || client_.refusal(), "it never dials again");
    V6_CHECK(events_ > 0, "nothing was told");
  }

 private:
  void connect(bool hello, bool started) {
    client_.dialling(now_);
    client_.connected(now_);
    V6_CHECK(
        client_.take_output() == ibkr::opening_of({ibkr::kOldestOffered, ibkr::kNewestVersion}),
        "another opening");
    std::string bytes;
    if (hello) { ibkr::append_hello(bytes, {.version = 178, .time = "20190507 09:30:00 EST"}); }
    if (started) {
      ibkr::append_message(bytes, ibkr::ManagedAccounts{.accounts_list = "DU1"}, 178);
      ibkr::append_message(bytes, ibkr::NextValidId{.order_id = 1}, 178);
    }
    client_.received(now_, bytes);
  }
  void pass(Duration time) {
    for (const Instant until = now_ + time; now_ < until;) {
      now_ = std::clamp(client_.next_deadline(), now_ + milliseconds{50}, until);
      client_.on_time(now_);
      static_cast<void>(client_.take_output());
    }
  }

  Instant now_ = new_york_instant(date(2019, 5, 7), std::chrono::hours{10});
  std::size_t events_ = 0;
  ibkr::TwsClient client_;
};

}  // namespace
}  // namespace v6::fuzz

// The fuzzer's name for it. NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 1) { v6::fuzz::Talk{}.run(v6::fuzz::bytes_of(data, size)); }
  return 0;
}
