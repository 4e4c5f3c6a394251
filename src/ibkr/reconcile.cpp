#include "ibkr/reconcile.hpp"

#include <array>
#include <cmath>

#include "ibkr/order_desk.hpp"

namespace v6::ibkr {
namespace {

using std::chrono::seconds;

constexpr seconds kPartWithin{10};
constexpr std::string_view kTags =
    "NetLiquidation,TotalCashValue,InitMarginReq,MaintMarginReq,ExcessLiquidity";

struct Part {
  Ask ask;
  std::string_view marker;
};
// By step.
constexpr std::array<Part, 7> kParts{{{Ask::kOpenOrders, ""},
                                      {Ask::kOpenOrders, "openOrderEnd"},
                                      {Ask::kAllOrders, "openOrderEnd of all clients"},
                                      {Ask::kExecutions, "execDetailsEnd"},
                                      {Ask::kCompleted, "completedOrdersEnd"},
                                      {Ask::kPositions, "positionEnd"},
                                      {Ask::kAccount, "accountSummaryEnd"}}};

std::optional<Money> money(const std::map<std::string, std::string>& figures, const char* tag) {
  const auto found = figures.find(tag);
  if (found == figures.end()) { return std::nullopt; }
  const auto value = wire::parse_real(found->second);
  if (!value || !*value) { return std::nullopt; }
  const auto amount = Money::from_dollars(**value);
  return amount ? std::optional{*amount} : std::nullopt;
}

}  // namespace

void Reconcile::start(std::string account) {
  account_ = std::move(account);
  positions_.clear();
  shares_.clear();
  unnamed_.clear();
  figures_.clear();
  step_ = Step::kOpenOrders;
  ask();
}

void Reconcile::ask() {
  request_ = c_->ask(kParts[static_cast<std::size_t>(step_)].ask, 0, kPartWithin);
  switch (step_) {
    case Step::kIdle: break;
    case Step::kOpenOrders: c_->outbox.queue(Lane::kNormal, ReqOpenOrders{}); break;
    case Step::kAllOrders: c_->outbox.queue(Lane::kNormal, ReqAllOpenOrders{}); break;
    case Step::kExecutions:
      c_->outbox.queue(Lane::kNormal, ReqExecutions{.req_id = request_});
      break;
    case Step::kCompleted:
      c_->outbox.queue(Lane::kNormal, ReqCompletedOrders{.api_only = true});
      break;
    case Step::kPositions: c_->outbox.queue(Lane::kNormal, ReqPositions{}); break;
    case Step::kAccount:
      c_->outbox.queue(
          Lane::kNormal,
          ReqAccountSummary{.req_id = request_, .group = "All", .tags = std::string{kTags}});
      break;
  }
}

bool Reconcile::next() {
  c_->waits.close(request_);
  if (step_ == Step::kAccount) {
    step_ = Step::kIdle;
    return true;
  }
  step_ = static_cast<Step>(static_cast<int>(step_) + 1);
  ask();
  return false;
}

bool Reconcile::on(const OpenOrderEnd& /*end*/) {
  return (step_ == Step::kOpenOrders || step_ == Step::kAllOrders) && next();
}

bool Reconcile::on(const ExecDetailsEnd& end) {
  return step_ == Step::kExecutions && end.req_id == request_ && next();
}

bool Reconcile::on(const CompletedOrdersEnd& /*end*/) {
  return step_ == Step::kCompleted && next();
}

bool Reconcile::on(const PositionEnd& /*end*/) {
  if (step_ != Step::kPositions) { return false; }
  c_->outbox.queue(Lane::kNormal, CancelPositions{});
  return next();
}

bool Reconcile::on(const AccountSummaryEnd& end) {
  if (step_ != Step::kAccount || end.req_id != request_) { return false; }
  c_->outbox.queue(Lane::kNormal, CancelAccountSummary{.req_id = request_});
  return next();
}

void Reconcile::on(const Position& position) {
  if (step_ != Step::kPositions || position.account != account_ || position.position.value == 0) {
    return;
  }
  const WireContract& wire = position.contract;
  const double size = position.position.value;
  const bool whole = size == std::floor(size) && std::abs(size) < 1e9;
  const auto symbol = Symbol::parse(wire.symbol);
  if (wire.sec_type == "STK" && symbol && whole) {
    shares_[*symbol] += static_cast<std::int64_t>(size);
    return;
  }
  const auto contract = parse_option(wire);
  if (!contract || !whole) {
    unnamed_.push_back(
        fmt::format("{} {} {} {}", size, wire.sec_type, wire.symbol, wire.local_symbol));
    return;
  }
  positions_.push_back(
      {.contract = *contract, .quantity = Contracts{static_cast<std::int32_t>(size)}});
}

void Reconcile::on(const AccountSummary& entry) {
  if (step_ != Step::kAccount || entry.req_id != request_ || entry.account != account_) { return; }
  if (entry.currency == "USD" || entry.currency == "BASE" || entry.currency.empty()) {
    figures_[entry.tag] = entry.value;
  }
}

std::string_view Reconcile::failed(const Wait& wait) {
  const Part part = kParts[static_cast<std::size_t>(step_)];
  if (step_ == Step::kIdle || wait.ask != part.ask) { return ""; }
  if (step_ == Step::kAccount) {
    c_->outbox.queue(Lane::kNormal, CancelAccountSummary{.req_id = request_});
  }
  step_ = Step::kIdle;
  return part.marker;
}

void Reconcile::tell() {
  c_->tell(PositionsReported{.positions = positions_});
  for (const auto& [symbol, count] : told_shares_) { shares_.try_emplace(symbol, 0); }
  for (const auto& [symbol, count] : shares_) {
    auto& told = told_shares_[symbol];
    if (told != count) { c_->tell(SharesReported{.underlying = symbol, .shares = count}); }
    told = count;
  }
  if (unnamed_ != told_unnamed_) {
    for (const std::string& position : unnamed_) {
      c_->notice(AlertLevel::kCritical, "a position of a kind we do not trade: {}", position);
    }
    told_unnamed_ = unnamed_;
  }
  c_->tell(AccountReported{.net_liquidation = money(figures_, "NetLiquidation"),
                           .cash = money(figures_, "TotalCashValue"),
                           .initial_margin = money(figures_, "InitMarginReq"),
                           .maintenance_margin = money(figures_, "MaintMarginReq"),
                           .excess_liquidity = money(figures_, "ExcessLiquidity")});
}

}  // namespace v6::ibkr
