#include "model/contract.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>

#include "base/check.hpp"
#include "base/uniform_test_kit.hpp"

namespace v6 {
namespace {

using namespace literals;

/// ^[A-Z]{1,6}$, said another way.
bool is_symbol(std::string_view text) {
  return !text.empty() && text.size() <= 6 &&
         std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

//
TEST(Symbol, IsOneToSixCapitalLetters) {
  EXPECT_TRUE(rc::check([](const std::string& text) {
    const auto symbol = Symbol::parse(text);
    RC_ASSERT(symbol.has_value() == is_symbol(text));
    if (symbol) { RC_ASSERT(symbol->text() == text); }
  }));
  EXPECT_TRUE(rc::check([] {
    // Nearly symbols: a few letters, now and then with something else among them.
    const std::string_view letters = "ABCXYZABCXYZABCXYZabz0 ._-\n";
    std::string text;
    for (auto left = uniform(0, 9); left > 0; --left) {
      text += letters[uniform<std::size_t>(0, letters.size())];
    }
    RC_ASSERT(Symbol::parse(text).has_value() == is_symbol(text));
  }));
}

//
TEST(Symbol, RefusesWhatOnlyLooksLikeOne) {
  using std::string_view_literals::operator""sv;
  for (const std::string_view text :
       {""sv, "spy"sv, "SPY "sv, " SPY"sv, "SPY\n"sv, "SPY\0"sv, "\0SPY"sv, "S P"sv, "BRK.B"sv,
        "SPX7"sv, "ABCDEFG"sv, "SPÝ"sv, "S;DROP"sv}) {
    EXPECT_EQ(Symbol::parse(text), std::nullopt) << text;
  }
  EXPECT_EQ(Symbol::parse("ABCDEF")->text(), "ABCDEF");
  EXPECT_EQ("SPY"_sym.text(), "SPY");
}

TEST(Symbol, OrdersAsItsText) {
  EXPECT_LT("QQQ"_sym, "SPY"_sym);
  EXPECT_LT("SPX"_sym, "SPXW"_sym);
  EXPECT_EQ(Symbol::from_raw("IWM"_sym.raw()), "IWM"_sym);
}

//
TEST(InstrumentTable, IsAllThatCanBeTraded) {
  struct Case {
    Symbol root;
    Symbol underlying;
    ExerciseStyle exercise;
    SettlementTime settlement;
    bool cash_settled;
    Price combo_tick;
    Symbol volatility_index;
  };
  const Case table[] = {{"SPY"_sym, "SPY"_sym, ExerciseStyle::kAmerican, SettlementTime::kPm, false,
                         Price::cents(1), "VIX"_sym},
                        {"QQQ"_sym, "QQQ"_sym, ExerciseStyle::kAmerican, SettlementTime::kPm, false,
                         Price::cents(1), "VXN"_sym},
                        {"IWM"_sym, "IWM"_sym, ExerciseStyle::kAmerican, SettlementTime::kPm, false,
                         Price::cents(1), "RVX"_sym},
                        {"SPX"_sym, "SPX"_sym, ExerciseStyle::kEuropean, SettlementTime::kAm, true,
                         Price::cents(5), "VIX"_sym},
                        {"SPXW"_sym, "SPX"_sym, ExerciseStyle::kEuropean, SettlementTime::kPm, true,
                         Price::cents(5), "VIX"_sym},
                        {"XSP"_sym, "XSP"_sym, ExerciseStyle::kEuropean, SettlementTime::kPm, true,
                         Price::cents(1), "VIX"_sym}};
  EXPECT_EQ(instrument_table().size(), std::size(table));
  for (const Case& c : table) {
    SCOPED_TRACE(c.root.text());
    const Instrument* instrument = find_instrument(c.root);
    ASSERT_NE(instrument, nullptr);
    EXPECT_EQ(instrument->underlying, c.underlying);
    EXPECT_EQ(instrument->multiplier, Multiplier{100});
    EXPECT_EQ(instrument->exercise, c.exercise);
    EXPECT_EQ(instrument->settlement, c.settlement);
    EXPECT_EQ(instrument->cash_settled, c.cash_settled);
    EXPECT_EQ(instrument->tick.combo, c.combo_tick);
    EXPECT_EQ(instrument->volatility_index, c.volatility_index);
  }
  EXPECT_EQ(find_instrument("TSLA"_sym), nullptr);
  EXPECT_EQ(find_instrument({}), nullptr);
  static_assert(std::is_const_v<std::remove_reference_t<decltype(instrument_table())>>);
}

TEST(Contract, OfAnUnknownRootIsABug) {
  EXPECT_THROW((void)Contract{.root = "TSLA"_sym}.instrument(), BrokenInvariant);
  ContractColumns columns;
  EXPECT_THROW(columns.push_back({.root = "TSLA"_sym}), BrokenInvariant);
}

TEST(Contract, IsShownAsTradersSayIt) {
  Contract contract{.root = "SPXW"_sym,
                    .expiry = date(2019, 6, 21),
                    .strike = Price::cents(275'000),
                    .right = OptionRight::kPut};
  EXPECT_EQ(contract.text(), "SPXW 2019-06-21 2750 P");
  contract.strike = Price::cents(275'050);
  contract.right = OptionRight::kCall;
  EXPECT_EQ(contract.text(), "SPXW 2019-06-21 2750.50 C");
  EXPECT_EQ(contract.underlying(), "SPX"_sym);
  EXPECT_EQ(contract.multiplier(), Multiplier{100});
}

TEST(ContractColumns, GiveBackWhatWasPutIn) {
  EXPECT_TRUE(rc::check([] {
    ContractColumns columns;
    std::vector<Contract> contracts;
    for (auto left = uniform(0, 20); left > 0; --left) {
      const auto& table = instrument_table();
      contracts.push_back({.root = table[uniform<std::size_t>(0, table.size())].root,
                           .expiry = date(2000, 1, 1) + std::chrono::days{uniform(0, 20'000)},
                           .strike = Price::from_raw(uniform<std::int64_t>(0, PriceKind::kLimit)),
                           .right = uniform(0, 2) == 1 ? OptionRight::kPut : OptionRight::kCall});
      columns.push_back(contracts.back());
    }
    RC_ASSERT(columns.size() == contracts.size());
    for (std::size_t i = 0; i < contracts.size(); ++i) { RC_ASSERT(columns.at(i) == contracts[i]); }
  }));
}

TEST(Tick, ChangesAtThreeDollars) {
  const TickRule& spx = find_instrument("SPXW"_sym)->tick;
  EXPECT_EQ(tick_at(spx, Price::cents(5)), Price::cents(5));
  EXPECT_EQ(tick_at(spx, Price::cents(299)), Price::cents(5));
  EXPECT_EQ(tick_at(spx, Price::cents(300)), Price::cents(10));
  EXPECT_EQ(tick_at(spx, Price::cents(-299)), Price::cents(5));
  EXPECT_EQ(tick_at(spx, Price::cents(-300)), Price::cents(10));
  const TickRule& spy = find_instrument("SPY"_sym)->tick;
  EXPECT_EQ(tick_at(spy, Price::cents(500)), Price::cents(1));
}

TEST(Tick, RoundsCreditsAndDebitsTheSameWay) {
  struct Case {
    std::int64_t price;
    std::int64_t down;
    std::int64_t up;
  };
  for (const Case& c :
       {Case{305, 305, 305}, Case{306, 305, 310}, Case{309, 305, 310}, Case{0, 0, 0}, Case{1, 0, 5},
        Case{-1, -5, 0}, Case{-306, -310, -305}, Case{-305, -305, -305}}) {
    SCOPED_TRACE(c.price);
    EXPECT_EQ(round_down_to(Price::cents(c.price), Price::cents(5)), Price::cents(c.down));
    EXPECT_EQ(round_up_to(Price::cents(c.price), Price::cents(5)), Price::cents(c.up));
  }
}

TEST(Tick, RoundingIsLegalAndNear) {
  EXPECT_TRUE(rc::check([] {
    const Price price = Price::from_raw(uniform(-PriceKind::kLimit, PriceKind::kLimit));
    const Price tick = *rc::gen::element(Price::cents(1), Price::cents(5), Price::cents(10));
    const Price down = round_down_to(price, tick);
    const Price up = round_up_to(price, tick);
    RC_ASSERT(down.raw() % tick.raw() == 0);
    RC_ASSERT(up.raw() % tick.raw() == 0);
    RC_ASSERT(down <= price && price <= up);
    RC_ASSERT(price - down < tick && up - price < tick);
  }));
}

}  // namespace
}  // namespace v6
