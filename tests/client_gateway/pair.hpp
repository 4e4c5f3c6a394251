#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/enum_text.hpp"
#include "config/market_history.hpp"
#include "ibkr/permit_test_kit.hpp"
#include "ibkr/tws_client.hpp"
#include "sim/gateway.hpp"
#include "sim/snapshot_market.hpp"

namespace v6 {

using namespace literals;

inline const Reference& shipped_reference() {
  static const Reference kReference = read_reference(std::filesystem::path{V6_DATA} / "reference");
  return kReference;
}

/// A client and a gateway on one clock and one wire, on shipped SPX chains.
class Pair {
 public:
  explicit Pair(Instant start, ibkr::ClientSettings settings = {})
      : market_{make_snapshot_market({.chains = std::filesystem::path{V6_DATA} / "spx-eod-2019",
                                      .underlying = "SPX"_sym,
                                      .start = start},
                                     market_history(shipped_reference(), "SPX"_sym))},
        exchange_{{.book = 1}, *market_},
        gateway_{{}, exchange_, [this](const std::string& line) { log.push_back(line); }},
        settings_{std::move(settings)},
        now_{.session = start} {
    settings_.underlyings = {"SPX"_sym};
    if (settings_.roots.empty()) { settings_.roots = {"SPXW"_sym}; }
    make_client({});
  }

  void make_client(ibkr::TwsClient::Memory memory) {
    client_ = std::make_unique<ibkr::TwsClient>(
        settings_, market_->calendar(), FeeSchedule{}, std::move(memory),
        ibkr::TwsClient::Sinks{.event = [this](Instant, EventBody body) { take(std::move(body)); },
                               .notice =
                                   [this](Instant at, AlertLevel level, const std::string& text) {
                                     notices.push_back(iso(at) + " " + std::string{word(level)} +
                                                       " " + text);
                                   },
                               .contracts =
                                   [this](const std::vector<ibkr::ContractRow>& fresh) {
                                     rows.insert(rows.end(), fresh.begin(), fresh.end());
                                   }});
  }

  void run(Duration time) {
    const Instant until = now_.session + time;
    while (now_.session < until) {
      const Instant due =
          std::clamp(client_->next_deadline(), now_.session + std::chrono::milliseconds{5},
                     now_.session + std::chrono::seconds{1});
      now_.paced += due - now_.session;
      now_.session = due;
      if (!frozen) { gateway_.advance(now_); }
      client_->on_time(now_.session);
      dial();
      carry();
    }
  }
  void drop(std::string_view why = "reset by peer") {
    if (!link_) { return; }
    gateway_.closed(*link_);
    link_.reset();
    client_->disconnected(now_.session, why);
  }
  void carry() {
    while (link_) {
      bool moved = false;
      if (const std::string out = client_->take_output(); !out.empty()) {
        moved = true;
        sent += out.size();
        if (!frozen) { gateway_.received(*link_, out, now_); }
      }
      if (client_->wants_close()) { return drop("closed by us"); }
      if (frozen) { return; }
      if (const std::string out = gateway_.take_output(*link_); !out.empty()) {
        moved = true;
        client_->received(now_.session, out);
      }
      if (gateway_.wants_close(*link_)) { return drop("closed by the gateway"); }
      if (!moved) { return; }
    }
  }

  template <class Event>
  [[nodiscard]] std::vector<Event> all() const {
    std::vector<Event> found;
    for (const EventBody& body : events) {
      if (const auto* event = std::get_if<Event>(&body)) { found.push_back(*event); }
    }
    return found;
  }
  [[nodiscard]] ibkr::TwsClient& client() { return *client_; }
  [[nodiscard]] Exchange& exchange() { return exchange_; }
  [[nodiscard]] Gateway& gateway() { return gateway_; }
  [[nodiscard]] SessionMarket& market() { return *market_; }
  [[nodiscard]] Instant at() const { return now_.session; }
  [[nodiscard]] const Moment& moment() const { return now_; }
  [[nodiscard]] SendPermit permit(const OrderTicket& ticket) {
    return ibkr::permit_for(ticket, master, market_->calendar(), now_.session);
  }

  std::vector<EventBody> events;
  std::vector<std::string> notices;
  std::vector<std::string> log;  // the gateway's
  std::vector<ibkr::ContractRow> rows;
  InstrumentMaster master;
  bool frozen = false;  // the gateway hears and says nothing
  bool refuse = false;  // nor does it answer the telephone
  std::size_t sent = 0;

 private:
  void take(EventBody body) {
    if (const auto* listed = std::get_if<ContractsListed>(&body)) {
      EXPECT_EQ(listed->first.raw(), master.size());
      for (std::size_t i = 0; i < listed->contracts.size(); ++i) {
        master.columns.push_back(listed->contracts.at(i));
      }
    }
    events.push_back(std::move(body));
  }
  void dial() {
    if (link_ || !client_->wants_connection()) { return; }
    client_->dialling(now_.session);
    if (refuse) {
      client_->disconnected(now_.session, "connection refused");
      return;
    }
    link_ = gateway_.accept(now_);
    client_->connected(now_.session);
  }

  std::unique_ptr<SessionMarket> market_;
  Exchange exchange_;
  Gateway gateway_;
  ibkr::ClientSettings settings_;
  Moment now_;
  std::unique_ptr<ibkr::TwsClient> client_;
  std::optional<Gateway::Link> link_;
};

}  // namespace v6
