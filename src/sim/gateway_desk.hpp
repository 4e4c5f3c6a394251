#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ibkr/catalogue.hpp"
#include "ibkr/frames.hpp"
#include "sim/gateway.hpp"
#include "sim/gateway_account.hpp"
#include "sim/gateway_orders.hpp"
#include "sim/gateway_pace.hpp"
#include "sim/gateway_ticks.hpp"

/// The inside of the gateway: its clients, and one function for each request, in a file for each
/// section of the protocol reference.
namespace v6::gateway {

/// A market-data subscription.
struct Line {
  const Listing* listing = nullptr;  // null for a combo
  std::vector<OrderLeg> legs;
  TickQuestion question;
  std::vector<Tick> told;
};

struct SummaryRequest {
  std::string tags;
  std::vector<AccountValue> told;
};

/// A history that goes on.
struct LiveHistory {
  const Listing* listing = nullptr;
  std::optional<ibkr::Bar> told;
};

enum class Stage : std::uint8_t { kOpening, kOffer, kStarting, kReady, kClosing };

struct Client {
  Client(Gateway::Link own_link, int messages_per_second)
      : link{own_link}, pace{messages_per_second} {}

  Gateway::Link link;
  Stage stage = Stage::kOpening;
  ibkr::FrameReader frames;
  int version = 0;
  std::int32_t id = -1;  // as startApi said
  std::string out;
  MessagePace pace;
  std::vector<std::string> early;  // requests before startApi

  std::int32_t data_type = 1;
  std::map<std::int32_t, Line> lines;  // by request, as all maps here
  std::map<std::int32_t, LiveHistory> histories;
  HistoryPace history_pace;

  bool wants_positions = false;
  bool binds_orders = false;
  std::optional<std::vector<AccountValue>> account_told;  // while subscribed
  std::map<std::int32_t, SummaryRequest> summaries;
  std::map<std::int32_t, SummaryRequest> account_multis;
  std::set<std::int32_t> position_multis;
  std::map<std::int32_t, std::optional<ConId>> profits;  // of all, or of one contract

  [[nodiscard]] bool alive() const { return stage != Stage::kClosing; }
  [[nodiscard]] std::string name() const;
};

class Desk {
 public:
  Desk(const GatewaySettings& settings, Exchange& exchange, Gateway::Log log)
      : settings_{settings}, exchange_{&exchange}, log_{std::move(log)} {}

  // gateway.cpp: links, frames, the start of a session.
  Gateway::Link accept(const Moment& now);
  void received(Gateway::Link link, std::string_view bytes, const Moment& now);
  void closed(Gateway::Link link) { clients_.erase(link); }
  void advance(const Moment& now);
  [[nodiscard]] std::optional<Duration> next_wakeup() const;
  [[nodiscard]] Client* find(Gateway::Link link);
  [[nodiscard]] const std::map<Gateway::Link, Client>& clients() const { return clients_; }
  [[nodiscard]] bool take_changed() { return std::exchange(changed_, false); }

  // Session.
  void on(Client& client, const ibkr::StartApi& m);
  void on(Client& client, const ibkr::ReqIds& m);
  void on(Client& client, const ibkr::ReqManagedAccts& m);
  void on(Client& client, const ibkr::ReqCurrentTime& m);
  void on(Client& client, const ibkr::SetServerLogLevel& m);
  void on(Client& client, const ibkr::ReqUserInfo& m);
  void on(Client& client, const ibkr::UnknownMessage& m);

  // gateway_contract_requests.cpp
  void on(Client& client, const ibkr::ReqContractDetails& m);
  void on(Client& client, const ibkr::ReqSecDefOptParams& m);
  void on(Client& client, const ibkr::ReqMatchingSymbols& m);
  void on(Client& client, const ibkr::ReqMarketRule& m);
  void on(Client& client, const ibkr::ReqHistoricalData& m);
  void on(Client& client, const ibkr::CancelHistoricalData& m);
  void on(Client& client, const ibkr::CalculateImpliedVolatility& m);
  void on(Client& client, const ibkr::CalculateOptionPrice& m);
  void on(Client&, const ibkr::CancelCalculateImpliedVolatility&) {}  // answered long ago
  void on(Client&, const ibkr::CancelCalculateOptionPrice&) {}

  // gateway_market_data.cpp
  void on(Client& client, const ibkr::ReqMktData& m);
  void on(Client& client, const ibkr::CancelMktData& m);
  void on(Client& client, const ibkr::ReqMarketDataType& m);

  // gateway_order_requests.cpp
  void on(Client& client, const ibkr::PlaceOrder& m);
  void on(Client& client, const ibkr::CancelOrder& m);
  void on(Client& client, const ibkr::ReqGlobalCancel& m);
  void on(Client& client, const ibkr::ReqOpenOrders& m);
  void on(Client& client, const ibkr::ReqAllOpenOrders& m);
  void on(Client& client, const ibkr::ReqAutoOpenOrders& m);
  void on(Client& client, const ibkr::ReqCompletedOrders& m);
  void on(Client& client, const ibkr::ReqExecutions& m);
  void on(Client& client, const ibkr::ExerciseOptions& m);

  // gateway_account_requests.cpp
  void on(Client& client, const ibkr::ReqPositions& m);
  static void on(Client& client, const ibkr::CancelPositions& m);
  void on(Client& client, const ibkr::ReqAccountUpdates& m);
  void on(Client& client, const ibkr::ReqAccountSummary& m);
  static void on(Client& client, const ibkr::CancelAccountSummary& m);
  void on(Client& client, const ibkr::ReqPositionsMulti& m);
  static void on(Client& client, const ibkr::CancelPositionsMulti& m);
  void on(Client& client, const ibkr::ReqAccountUpdatesMulti& m);
  static void on(Client& client, const ibkr::CancelAccountUpdatesMulti& m);
  void on(Client& client, const ibkr::ReqPnl& m);
  static void on(Client& client, const ibkr::CancelPnl& m);
  void on(Client& client, const ibkr::ReqPnlSingle& m);
  static void on(Client& client, const ibkr::CancelPnlSingle& m);

 private:
  template <class M>
  void tell(Client& client, const M& message) {
    if (client.alive()) { ibkr::append_message(client.out, message, client.version); }
  }
  void tell_error(Client& client, std::int32_t id, int code, std::string text);
  void log(const Client& client, std::string_view what) const;
  /// Closes when all that is told is written.
  void close(Client& client, std::string_view why);

  // gateway.cpp
  /// Notes how long nobody called: what a client sent meanwhile came in one go.
  void come_to(const Moment& now);
  void read_frames(Client& client);
  void open(Client& client, std::string_view offer);
  void handle(Client& client, std::string_view payload);
  void obey(Client& client, std::string_view payload);
  [[nodiscard]] Client* client_of(std::int32_t id);

  // gateway_market_data.cpp
  void tell_ticks(Client& client, const std::vector<Tick>& ticks);
  [[nodiscard]] std::vector<Tick> ticks_now(Line& line);
  void tell_changed_ticks(Client& client);
  [[nodiscard]] int lines_in_use() const;

  // gateway_contract_requests.cpp
  void tell_growing_bars(Client& client);

  // gateway_order_requests.cpp
  [[nodiscard]] ReplyContext reply_context() const;
  void tell_open_orders(Client& client, std::optional<std::int32_t> of);
  void tell_order(Client& client, const BookedOrder& order);
  [[nodiscard]] std::int32_t shown_order_id(const Client& client, std::int64_t perm_id,
                                            std::int32_t order_id);
  /// Tells everybody whom it concerns what happened at the exchange.
  void tell_news();
  void tell_news_of(const ExchangeError& news);
  void tell_news_of(const OrderShown& news);
  void tell_news_of(const StatusShown& news);
  void tell_news_of(const Executed& news);
  void tell_news_of(const CommissionShown& news);
  void tell_news_of(const PositionChanged& news);
  void tell_news_of(const CashChanged& news);
  void tell_news_of(const MarginPreviewed& news);

  // gateway_account_requests.cpp
  [[nodiscard]] bool own_account(std::string_view account) const;
  [[nodiscard]] ibkr::Position wire_position(const HeldPosition& held) const;
  [[nodiscard]] ibkr::UpdatePortfolio wire_portfolio(const HeldPosition& held) const;
  [[nodiscard]] ibkr::PositionMulti wire_position_multi(const HeldPosition& held,
                                                        std::int32_t req_id) const;
  void tell_account_time(Client& client);
  void tell_changed_account(Client& client, const AccountFigures& figures);
  void tell_profit(Client& client, std::int32_t req_id, std::optional<ConId> con_id);

  [[nodiscard]] const SessionMarket& market() const { return exchange_->market(); }

  GatewaySettings settings_;
  Exchange* exchange_;
  Gateway::Log log_;
  Moment now_{};
  Duration lag_{};  // within the last second
  Duration lagged_at_{};
  Duration looked_at_{};  // for messages, the time before this one
  std::map<Gateway::Link, Client> clients_;
  Gateway::Link last_link_ = 0;
  std::string_view payload_;  // of the message being handled
  bool changed_ = false;
  bool account_moved_ = false;
  Instant ticked_at_;  // market time of the last ticks
  Duration account_told_at_{};
  Duration profit_told_at_{};
  std::optional<std::pair<Date, OptionTotals>> totals_;
  std::map<std::int64_t, std::int32_t> bound_;  // manual orders by permId: their API order ids
};

}  // namespace v6::gateway
