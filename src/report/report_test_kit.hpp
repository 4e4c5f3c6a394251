#pragma once

#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/folder_test_kit.hpp"
#include "report/run_result.hpp"

/// What the report's tests share: a folder, and one small run made by hand.
namespace v6::report_test {

namespace fs = std::filesystem;
using namespace literals;

using test::Folder;

inline std::string text_in(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// The text of the data Failure that this throws; "" when it throws none.
template <class Work>
std::string failure_of(const Work& work) {
  try {
    work();
  } catch (const Failure& failure) {
    return failure.code() == ExitCode::kData ? failure.what() : "another exit code";
  }
  return "";
}

/// A quarter to four in New York, daylight saving time.
inline Instant snapshot_of(unsigned month, unsigned day) {
  return std::chrono::sys_days{std::chrono::year{2019} / std::chrono::month{month} /
                               std::chrono::day{day}} +
         std::chrono::hours{19} + std::chrono::minutes{45};
}

inline Price dollars(std::string_view text) { return Price::parse(text).value(); }
inline Money cash(std::string_view text) { return Money::parse(text).value(); }

inline constexpr ContractId kShort{0};  // the 2895 put of 7 June
inline constexpr ContractId kLong{1};   // the 2860 put of 7 June

inline InstrumentMaster some_master() {
  InstrumentMaster master;
  for (const std::string_view strike : {"2895", "2860"}) {
    master.columns.push_back({.root = "SPXW"_sym,
                              .expiry = date(2019, 6, 7),
                              .strike = dollars(strike),
                              .right = OptionRight::kPut});
  }
  return master;
}

inline LegQuote leg_quote(ContractId contract, std::string_view bid, std::string_view ask) {
  return {.contract = contract,
          .quote = {.bid = dollars(bid), .ask = dollars(ask)},
          .at = snapshot_of(4, 26),
          .kind = QuoteKind::kEndOfDay,
          .open_interest = 321};
}

/// A put credit spread, sold at 6.50 mid.
inline Candidate some_candidate() {
  return {.kind = StructureKind::kPutCreditSpread,
          .legs = {{kShort, -1}, {kLong, 1}},
          .quotes = {leg_quote(kShort, "26.20", "26.60"), leg_quote(kLong, "19.70", "20.10")},
          .mid = dollars("6.50"),
          .natural = dollars("6.10"),
          .expected_price = dollars("6.36"),
          .worst_case = cash("2866.30"),
          .fees = cash("2.30"),
          .expected_value = 12.25,
          .leg_deltas = {-0.337, -0.254},
          .leg_ivs = {0.116, 0.128},
          .score = {.total = 54, .edge = 0.36}};
}

inline Decision entry_decision() {
  return {.id = DecisionId{2},
          .at = snapshot_of(4, 26),
          .underlying = "SPX"_sym,
          .kind = DecisionKind::kEntry,
          .outcome = Outcome::kOpened,
          .waterfall = {{.name = "vix",
                         .kind = CheckKind::kGate,
                         .verdict = Verdict::kPass,
                         .measured = 13.25,
                         .limit = 35,
                         .unit = "points",
                         .distance = 21.75}},
          .candidates = {.examined = 25, .passed = 1, .best_score = 54},
          .chosen = some_candidate(),
          .structure = StructureId{1},
          .intent = IntentId{1}};
}

inline Decision exit_decision(Outcome outcome = Outcome::kHold) {
  return {.id = DecisionId{3},
          .at = snapshot_of(4, 29),
          .underlying = "SPX"_sym,
          .kind = DecisionKind::kExit,
          .outcome = outcome,
          .waterfall = {{.name = "time_exit",
                         .kind = CheckKind::kRule,
                         .verdict = Verdict::kHold,
                         .measured = 39,
                         .limit = 1,
                         .unit = "days",
                         .distance = 38}},
          .structure = StructureId{1}};
}

inline RecordOrder opening_order() {
  return {.ticket = {.intent = IntentId{1},
                     .order = OrderId{1},
                     .decision = DecisionId{2},
                     .structure = StructureId{1},
                     .kind = StructureKind::kPutCreditSpread,
                     .purpose = Purpose::kOpen,
                     .legs = some_candidate().legs,
                     .quantity = Contracts{1},
                     .decided_at = snapshot_of(4, 26)},
          .limits = {dollars("6.50"), dollars("6.45"), dollars("6.40")},
          .status = OrderStatus::kFilled,
          .filled = Contracts{1}};
}

inline RecordFill fill(std::uint32_t id, LegFill leg, IntentId intent) {
  return {.id = FillId{id},
          .at = snapshot_of(4, 26),
          .structure = StructureId{1},
          .intent = intent,
          .decision = DecisionId{2},
          .kind = StructureKind::kPutCreditSpread,
          .fill = leg};
}

/// Sold for 6.40 with 2.30 of fees, settled worthless on 7 June.
inline RecordStructure settled_structure() {
  return {.id = StructureId{1},
          .kind = StructureKind::kPutCreditSpread,
          .underlying = "SPX"_sym,
          .opened_at = snapshot_of(4, 26),
          .closed_at = snapshot_of(6, 7) + std::chrono::minutes{15},
          .quantity = Contracts{1},
          .legs = {{.leg = {kShort, -1},
                    .quote = {.bid = dollars("26.20"), .ask = dollars("26.60")},
                    .iv = 0.116,
                    .delta = -0.337,
                    .open_interest = 321},
                   {.leg = {kLong, 1},
                    .quote = {.bid = dollars("19.70"), .ask = dollars("20.10")},
                    .open_interest = 263}},
          .entry_price = dollars("6.40"),
          .width = dollars("35"),
          .worst_case = cash("2862.30"),
          .dte_at_entry = 42,
          .spot_at_entry = dollars("2939.88"),
          .exit_rule = "settled",
          .realised = cash("637.70"),
          .fees = cash("2.30"),
          .slippage = cash("10.00"),
          .decision = DecisionId{2}};
}

inline RecordEquity equity(Instant at, std::string_view net_liquidation) {
  return {.at = at,
          .spot = dollars("2943.03"),
          .cash = cash(net_liquidation),
          .net_liquidation = cash(net_liquidation),
          .worst_case = Money{}};
}

/// 26 April to 7 June: one structure opened, marked twice, settled after the last snapshot.
inline RunRecord some_run() {
  RunRecord run;
  run.decisions = {entry_decision(), exit_decision()};
  run.orders = {opening_order()};
  run.fills = {
      fill(1, {kShort, Side::kSell, Contracts{1}, dollars("26.35"), cash("1.15")}, IntentId{1}),
      fill(2, {kLong, Side::kBuy, Contracts{1}, dollars("19.95"), cash("1.15")}, IntentId{1})};
  for (const ContractId contract : {kShort, kLong}) {
    run.fills.push_back(
        fill(3 + contract.raw(), {contract, Side::kSettle, Contracts{1}}, IntentId{}));
    run.fills.back().at = *settled_structure().closed_at;
  }
  run.structures = {settled_structure()};
  RecordEquity opened = equity(snapshot_of(4, 26), "499987.70");
  opened.marks = {{.id = StructureId{1}, .net_pnl = cash("-12.30")}};
  RecordEquity held = equity(snapshot_of(4, 29), "500037.70");
  held.marks = {{.id = StructureId{1},
                 .mid = dollars("-6.00"),
                 .upl = 0.0625,
                 .net_pnl = cash("37.70"),
                 .valid = true}};
  run.equity = {opened, held};
  run.alerts = {{snapshot_of(4, 29), {.level = AlertLevel::kWarning, .what = "look here"}}};
  return run;
}

inline RunResult some_result() {
  RunResult result{.underlying = "SPX"_sym,
                   .root = "SPXW"_sym,
                   .from = date(2019, 4, 26),
                   .to = date(2019, 6, 7),
                   .fill = FillModel::kWalk,
                   .seed = 1,
                   .cash = cash("500000"),
                   .sessions = {date(2019, 4, 26), date(2019, 4, 29), date(2019, 4, 30)},
                   .missing = {date(2019, 4, 30)},
                   .settlements = {{date(2019, 6, 7), dollars("2873.34")}},
                   .quotes_read = 1000,
                   .quotes_refused = {{"no quote", 3}},
                   .master = some_master()};
  result.config = {
      {.key = "fees.as_of", .value = R"("2024-06, check your broker's own")", .origin = "default"},
      {.key = "risk.max_order_size", .value = "1", .origin = "default"}};
  for (const FillModel model : {FillModel::kNatural, FillModel::kWalk, FillModel::kMid}) {
    result.runs[model] = some_run();
  }
  return result;
}

}  // namespace v6::report_test
