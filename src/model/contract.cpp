#include "model/contract.hpp"

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/enum_text.hpp"

namespace v6 {
namespace {

using namespace literals;

constexpr TickRule kIndexTick{Price::cents(5), Price::cents(10), Price::cents(5)};
constexpr TickRule kPennyTick{Price::cents(1), Price::cents(1), Price::cents(1)};

Instrument index_option(Symbol underlying, Symbol root, SettlementTime settlement, TickRule tick) {
  return {.underlying = underlying,
          .root = root,
          .multiplier = Multiplier{100},
          .exercise = ExerciseStyle::kEuropean,
          .settlement = settlement,
          .session = SessionKind::kIndexOption,
          .cash_settled = true,
          .broad_based = true,
          .tick = tick,
          .volatility_index = "VIX"_sym,
          .beta_to_spy = 1.0};
}

Instrument etf_option(Symbol symbol, Symbol volatility_index, double beta) {
  return {.underlying = symbol,
          .root = symbol,
          .multiplier = Multiplier{100},
          .exercise = ExerciseStyle::kAmerican,
          .settlement = SettlementTime::kPm,
          .session = SessionKind::kEtfOption,
          .cash_settled = false,
          .broad_based = true,
          .tick = kPennyTick,
          .volatility_index = volatility_index,
          .beta_to_spy = beta};
}

/// Letters of our own roots only, so equal size and order are all it takes.
std::uint8_t place_of(Symbol root) {
  const auto& table = instrument_table();
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table[i].root == root) { return static_cast<std::uint8_t>(i); }
  }
  fail_check("root in table", fmt::format("contract of the unknown root {}", root.text()));
}

}  // namespace

const std::vector<Instrument>& instrument_table() {
  static const std::vector<Instrument> kTable = {
      etf_option("SPY"_sym, "VIX"_sym, 1.0),
      etf_option("QQQ"_sym, "VXN"_sym, 1.15),
      etf_option("IWM"_sym, "RVX"_sym, 1.15),
      index_option("SPX"_sym, "SPX"_sym, SettlementTime::kAm, kIndexTick),
      index_option("SPX"_sym, "SPXW"_sym, SettlementTime::kPm, kIndexTick),
      index_option("XSP"_sym, "XSP"_sym, SettlementTime::kPm, kPennyTick),
  };
  return kTable;
}

const Instrument* find_instrument(Symbol root) {
  for (const Instrument& instrument : instrument_table()) {
    if (instrument.root == root) { return &instrument; }
  }
  return nullptr;
}

const Instrument& Contract::instrument() const {
  const Instrument* instrument = find_instrument(root);
  V6_CHECK(instrument != nullptr, "contract of an unknown root");
  return *instrument;
}

std::string Contract::text() const {
  auto strike_text = strike.text();
  if (strike_text.ends_with(".00")) { strike_text.resize(strike_text.size() - 3); }
  return fmt::format("{} {} {} {}", root.text(), iso(expiry), strike_text,
                     right == OptionRight::kCall ? 'C' : 'P');
}

void ContractColumns::push_back(const Contract& contract) {
  root.push_back(place_of(contract.root));
  expiry.push_back(static_cast<std::int32_t>(contract.expiry.time_since_epoch().count()));
  strike.push_back(contract.strike.raw());
  right.push_back(static_cast<std::uint8_t>(contract.right));
}

Contract ContractColumns::at(std::size_t index) const {
  return {.root = instrument_table()[root[index]].root,
          .expiry = Date{std::chrono::days{expiry[index]}},
          .strike = Price::from_raw(strike[index]),
          .right = static_cast<OptionRight>(right[index])};
}

Price tick_at(const TickRule& rule, Price price) {
  return price < Price::cents(300) && price > Price::cents(-300) ? rule.below_three
                                                                 : rule.from_three;
}

Price round_down_to(Price price, Price tick) {
  const auto rest = price.raw() % tick.raw();
  return price - Price::from_raw(rest < 0 ? rest + tick.raw() : rest);
}

Price round_up_to(Price price, Price tick) { return -round_down_to(-price, tick); }

}  // namespace v6
