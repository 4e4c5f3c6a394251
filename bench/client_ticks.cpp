#include "bench/client_ticks.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "calendar/new_york.hpp"
#include "config/market_history.hpp"
#include "ibkr/catalogue.hpp"
#include "ibkr/frames.hpp"
#include "ibkr/tws_client.hpp"
#include "sim/gateway.hpp"
#include "sim/snapshot_market.hpp"

namespace v6::bench {

using namespace literals;

class ClientTicks::Session {
 public:
  explicit Session(const std::filesystem::path& data)
      : reference_{read_reference(data / "reference")},
        market_{make_snapshot_market(
            {.chains = data / "spx-eod-2019", .underlying = "SPX"_sym, .start = now_.session},
            market_history(reference_, "SPX"_sym))},
        exchange_{{.book = 1}, *market_},
        gateway_{{}, exchange_, [](const std::string&) {}},
        client_{{.underlyings = {"SPX"_sym}, .roots = {"SPXW"_sym}},
                market_->calendar(),
                FeeSchedule{},
                {},
                {.event = [](Instant, EventBody) {},
                 .notice = [](Instant, AlertLevel, const std::string&) {},
                 .contracts = [](const std::vector<ibkr::ContractRow>&) {}}} {
    client_.dialling(now_.session);
    link_ = gateway_.accept(now_);
    client_.connected(now_.session);
    // Well into the quiet between two rounds over the chain.
    const Instant until = now_.session + std::chrono::minutes{9};
    while (now_.session < until) { pass(); }
    for (const std::int32_t req_id : lines_) { requests_.push_back(req_id); }
    write_pieces();
  }

  std::size_t tell() {
    if (client_.state() != LinkState::kReady || requests_.empty()) { return 0; }
    client_.received(now_.session, pieces_[next_++ % pieces_.size()]);
    return ticks_;
  }

 private:
  void pass() {
    const Instant due =
        std::clamp(client_.next_deadline(), now_.session + std::chrono::milliseconds{5},
                   now_.session + std::chrono::seconds{1});
    now_.paced += due - now_.session;
    now_.session = due;
    gateway_.advance(now_);
    client_.on_time(now_.session);
    for (bool moved = true; moved;) {
      const std::string asked = client_.take_output();
      note(asked);
      gateway_.received(link_, asked, now_);
      const std::string answer = gateway_.take_output(link_);
      if (!answer.empty()) { client_.received(now_.session, answer); }
      moved = !answer.empty();
    }
  }
  /// Which lines are open.
  void note(std::string_view asked) {
    sent_.push(asked);
    if (!opened_) {
      if (!sent_.raw(ibkr::kOpening.size())) { return; }
      opened_ = true;
      static_cast<void>(sent_.next());
    }
    const auto keep = [&]<class M>(const M& m) {
      if constexpr (std::is_same_v<M, ibkr::ReqMktData>) { lines_.insert(m.req_id); }
      if constexpr (std::is_same_v<M, ibkr::CancelMktData>) { lines_.erase(m.req_id); }
    };
    while (const auto payload = sent_.next()) {
      if (!*payload) { return; }
      static_cast<void>(ibkr::read_request(**payload, ibkr::kNewestVersion, keep));
    }
  }
  void write_pieces() {
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      ticks_ = 0;
      for (const std::int32_t id : requests_) {
        const double price = 10.05 + static_cast<double>(i);
        const auto add = [&](const auto& tick) {
          ibkr::append_message(pieces_[i], tick, ibkr::kNewestVersion);
          ++ticks_;
        };
        add(ibkr::TickPrice{.req_id = id, .tick_type = 1, .price = price, .size = ibkr::Size{9}});
        add(ibkr::TickSize{.req_id = id, .tick_type = 0, .size = ibkr::Size{9}});
        add(ibkr::TickOptionComputation{.req_id = id,
                                        .tick_type = 13,
                                        .implied_vol = 0.1823456789012345 + 0.01 * price,
                                        .delta = -0.3123456789012345,
                                        .opt_price = price,
                                        .gamma = 0.0012345678901234,
                                        .vega = 1.234,
                                        .theta = -0.5});
        add(ibkr::TickGeneric{.req_id = id, .tick_type = 49, .value = 0});
        add(ibkr::TickString{.req_id = id, .tick_type = 45, .value = "1557237600"});
      }
    }
  }

  Moment now_{.session = new_york_instant(date(2019, 5, 7), std::chrono::hours{10})};
  Reference reference_;
  std::unique_ptr<SessionMarket> market_;
  Exchange exchange_;
  Gateway gateway_;
  ibkr::TwsClient client_;
  Gateway::Link link_ = 0;
  ibkr::FrameReader sent_;
  bool opened_ = false;
  std::set<std::int32_t> lines_;
  std::vector<std::int32_t> requests_;
  std::array<std::string, 16> pieces_;
  std::size_t next_ = 0;
  std::size_t ticks_ = 0;
};

ClientTicks::ClientTicks(const std::filesystem::path& data)
    : session_{std::make_unique<Session>(data)} {}
ClientTicks::~ClientTicks() = default;
std::size_t ClientTicks::tell() { return session_->tell(); }

}  // namespace v6::bench
