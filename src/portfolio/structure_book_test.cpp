#include "portfolio/structure_book.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <string_view>

#include "portfolio/portfolio_test_kit.hpp"

namespace v6 {
namespace {

using namespace literals;
using test::dollars;
using test::Listing;
using test::money;

constexpr Date kExpiry = date(2024, 6, 21);

/// Put credit spread 2850/2825, its contracts listed first.
struct Spread {
  Listing listed;
  ContractId short_put = listed({"SPXW"_sym, kExpiry, dollars(2850), OptionRight::kPut});
  ContractId long_put = listed({"SPXW"_sym, kExpiry, dollars(2825), OptionRight::kPut});
  Structure structure{.id = StructureId{1},
                      .kind = StructureKind::kPutCreditSpread,
                      .underlying = "SPX"_sym,
                      .legs = {{short_put, -1}, {long_put, 1}}};

  Money fill(ContractId contract, Side side, int quantity, double price, double fees = 0) {
    return book_fill(structure, leg_fill(contract, side, quantity, price, fees), listed.master);
  }
  Money take_back(ContractId contract, Side side, int quantity, double price, double fees = 0) {
    return unbook_fill(structure, leg_fill(contract, side, quantity, price, fees), listed.master);
  }
  [[nodiscard]] const Holding& held(ContractId contract) const {
    return structure.holdings.at(contract);
  }

  static LegFill leg_fill(ContractId contract, Side side, int quantity, double price, double fees) {
    return {contract, side, Contracts{quantity}, dollars(price), money(fees)};
  }
};

/// What the books must say, kept by adding up fills and nothing else.
class Tally {
 public:
  void add(const LegFill& fill, int times) {
    const int sign = fill.side == Side::kBuy ? 1 : -1;
    positions_[fill.contract] += times * sign * fill.quantity.raw();
    gross_ -= std::int64_t{times} * sign * fill.quantity.raw() * 100 * fill.price.raw();
    fees_ += times * fill.fees.raw();
  }
  [[nodiscard]] int position(ContractId contract) const {
    const auto found = positions_.find(contract);
    return found == positions_.end() ? 0 : found->second;
  }
  [[nodiscard]] std::int64_t cash() const { return gross_ - fees_; }

  void expect_agrees(const Structure& structure, Money cash_so_far) const {
    std::int64_t basis = 0;
    for (const auto& [contract, holding] : structure.holdings) { basis += holding.basis.raw(); }
    for (const auto& [contract, position] : positions_) {
      const auto holding = structure.holdings.find(contract);
      RC_ASSERT((holding == structure.holdings.end()) == (position == 0));
      if (position != 0) { RC_ASSERT(holding->second.quantity.raw() == position); }
    }
    RC_ASSERT(cash_so_far.raw() == cash());
    RC_ASSERT(structure.fees.raw() == fees_);
    RC_ASSERT(basis + structure.realised_gross.raw() == gross_);
    if (structure.flat()) { RC_ASSERT(structure.realised().raw() == cash()); }
  }

 private:
  std::map<ContractId, int> positions_;
  std::int64_t gross_ = 0;
  std::int64_t fees_ = 0;
};

TEST(StructureBook, SharesTheBasisOutWhenPartIsClosed) {
  Spread spread;
  EXPECT_EQ(spread.fill(spread.short_put, Side::kSell, 3, 5.20, 3.45), money(1560 - 3.45));
  EXPECT_EQ(spread.held(spread.short_put).basis, money(1560));
  EXPECT_EQ(spread.structure.realised(), money(-3.45));

  EXPECT_EQ(spread.fill(spread.short_put, Side::kBuy, 1, 2.00, 1.15), money(-200 - 1.15));
  EXPECT_EQ(spread.held(spread.short_put).quantity, Contracts{-2});
  EXPECT_EQ(spread.held(spread.short_put).basis, money(1040));
  EXPECT_EQ(spread.structure.realised_gross, money(520 - 200));

  spread.structure.holdings.at(spread.short_put).mark.mid = dollars(3.00);
  EXPECT_EQ(spread.structure.marked_value(spread.listed.master), money(-600));
  EXPECT_EQ(spread.structure.unrealised(spread.listed.master), money(1040 - 600));

  EXPECT_EQ(spread.fill(spread.short_put, Side::kBuy, 2, 6.00), money(-1200));
  EXPECT_TRUE(spread.structure.flat());
  EXPECT_EQ(spread.structure.realised(), money(1560 - 200 - 1200 - 4.60));
}

// covers: I-37
TEST(StructureBook, ConservesABasisThatDoesNotDivide) {
  Spread spread;
  // 600.10 dollars over three contracts: 200.0333... each.
  (void)spread.fill(spread.long_put, Side::kBuy, 2, 2.0000);
  (void)spread.fill(spread.long_put, Side::kBuy, 1, 2.0010);
  for (int i = 0; i < 3; ++i) { (void)spread.fill(spread.long_put, Side::kSell, 1, 2.00); }
  EXPECT_TRUE(spread.structure.flat());
  EXPECT_EQ(spread.structure.realised(), money(-0.10));
}

// covers: I-37
TEST(StructureBook, SettlesAtIntrinsicValueWithoutFees) {
  struct Case {
    std::string_view name;
    double level;
    double short_put;
    double long_put;
  };
  const Case cases[] = {{"above both strikes", 2900, 0, 0},
                        {"at the short strike", 2850, 0, 0},
                        {"between", 2840, 10, 0},
                        {"below both", 2800, 50, 25}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Spread spread;
    Money cash = spread.fill(spread.short_put, Side::kSell, 2, 20, 2.30);
    cash += spread.fill(spread.long_put, Side::kBuy, 2, 14, 2.30);
    const auto settle = [&](ContractId contract, double intrinsic) {
      const LegFill fill =
          settlement_fill(spread.structure, contract, dollars(c.level), spread.listed.master);
      EXPECT_EQ(fill.side, Side::kSettle);
      EXPECT_EQ(fill.quantity, Contracts{2});
      EXPECT_EQ(fill.price, dollars(intrinsic));
      EXPECT_EQ(fill.fees, Money{});
      cash += book_fill(spread.structure, fill, spread.listed.master);
    };
    settle(spread.short_put, c.short_put);
    settle(spread.long_put, c.long_put);
    EXPECT_TRUE(spread.structure.flat());
    EXPECT_EQ(cash, money(200 * (20 - 14 - c.short_put + c.long_put) - 4.60));
    EXPECT_EQ(spread.structure.realised(), cash);
  }
}

TEST(StructureBook, SettlesCallsTheOtherWay) {
  Spread spread;
  const ContractId call = spread.listed({"SPXW"_sym, kExpiry, dollars(2900), OptionRight::kCall});
  (void)spread.fill(call, Side::kBuy, 1, 10);
  const auto price = [&](double level) {
    return settlement_fill(spread.structure, call, dollars(level), spread.listed.master).price;
  };
  EXPECT_EQ(price(2890), Price{});
  EXPECT_EQ(price(2907.55), dollars(7.55));
}

// covers: F-58
TEST(StructureBook, ForetellsTheSharesOfAnExpiry) {
  Listing listed;
  const auto option = [&](double strike, OptionRight right, Date expiry = kExpiry) {
    return listed({"SPY"_sym, expiry, dollars(strike), right});
  };
  Structure condor{.id = StructureId{1}, .underlying = "SPY"_sym};
  for (const auto& [contract, side] :
       {std::pair{option(540, OptionRight::kPut), Side::kBuy},
        std::pair{option(550, OptionRight::kPut), Side::kSell},
        std::pair{option(570, OptionRight::kCall), Side::kSell},
        std::pair{option(580, OptionRight::kCall), Side::kBuy},
        std::pair{option(560, OptionRight::kCall, kExpiry + std::chrono::days{7}), Side::kBuy}}) {
    (void)book_fill(condor, Spread::leg_fill(contract, side, 2, 1, 0), listed.master);
  }
  const auto shares = [&](double spot) {
    return shares_after(condor, kExpiry, dollars(spot), listed.master);
  };
  EXPECT_EQ(shares(560), 0);
  EXPECT_EQ(shares(550), 0) << "at the strike nobody exercises";
  EXPECT_EQ(shares(549.99), 200) << "put to us";
  EXPECT_EQ(shares(530), 0) << "and passed on";
  EXPECT_EQ(shares(575), -200) << "called away";
  const Spread index;
  EXPECT_EQ(shares_after(index.structure, kExpiry, dollars(2000), index.listed.master), 0);
}

TEST(StructureBook, TakesBackWhatTheBrokerCorrects) {
  Spread spread;
  Money cash = spread.fill(spread.short_put, Side::kSell, 2, 20.00, 2.30);
  cash += spread.take_back(spread.short_put, Side::kSell, 2, 20.00, 2.30);
  EXPECT_TRUE(spread.structure.flat());
  EXPECT_EQ(cash, Money{});
  EXPECT_EQ(spread.structure.realised(), Money{});
  cash += spread.fill(spread.short_put, Side::kSell, 1, 19.90, 1.15);
  EXPECT_EQ(spread.held(spread.short_put).quantity, Contracts{-1});
  EXPECT_EQ(cash, money(1990 - 1.15));
}

// covers: I-05, I-37
TEST(StructureBook, BooksACorrectionOfAnOpeningThatIsPartlyClosed) {
  Spread spread;
  Money cash = spread.fill(spread.short_put, Side::kSell, 2, 20.00);
  cash += spread.fill(spread.short_put, Side::kBuy, 1, 12.00);
  cash += spread.take_back(spread.short_put, Side::kSell, 2, 20.00);
  cash += spread.fill(spread.short_put, Side::kSell, 2, 19.00);
  EXPECT_EQ(spread.held(spread.short_put).quantity, Contracts{-1});
  EXPECT_EQ(cash, money(3800 - 1200));
  EXPECT_EQ(spread.held(spread.short_put).basis + spread.structure.realised_gross, cash);
}

// covers: I-05, I-37
TEST(StructureBook, BooksAFillBeyondThePositionAsItIs) {
  Spread spread;
  (void)spread.fill(spread.short_put, Side::kSell, 1, 20.00);
  (void)spread.fill(spread.short_put, Side::kBuy, 3, 12.00);
  EXPECT_EQ(spread.held(spread.short_put).quantity, Contracts{2});
  EXPECT_EQ(spread.held(spread.short_put).basis, money(-2400));
  EXPECT_EQ(spread.structure.realised_gross, money(2000 - 1200));
  EXPECT_EQ(whole_units(spread.structure), Contracts{});
}

// covers: I-05, I-09, I-37, A-36
TEST(StructureBook, HoldsTheSumOfItsFillsAndConservesCashToTheCent) {
  EXPECT_TRUE(rc::check([] {
    Spread spread;
    const InstrumentMaster& master = spread.listed.master;
    Structure& structure = spread.structure;
    Tally tally;
    std::vector<LegFill> booked;
    Money cash;
    const auto book = [&](const LegFill& fill) {
      cash += book_fill(structure, fill, master);
      tally.add(fill, 1);
      booked.push_back(fill);
    };
    const auto arbitrary_fill = [&] {
      return LegFill{.contract = *rc::gen::element(spread.short_put, spread.long_put),
                     .side = *rc::gen::element(Side::kBuy, Side::kSell),
                     .quantity = Contracts{*rc::gen::inRange(1, 6)},
                     .price = Price::cents(*rc::gen::inRange(0, 5'000)),
                     .fees = Money::cents(*rc::gen::inRange(0, 900))};
    };
    const int steps = *rc::gen::inRange(1, 30);
    for (int i = 0; i < steps; ++i) {
      const bool corrects = !booked.empty() && *rc::gen::inRange(0, 3) == 0;
      if (corrects) {
        const auto which = *rc::gen::inRange<std::size_t>(0, booked.size());
        const LegFill wrong = booked[which];
        cash += unbook_fill(structure, wrong, master);
        tally.add(wrong, -1);
        booked.erase(booked.begin() + static_cast<std::ptrdiff_t>(which));
        tally.expect_agrees(structure, cash);
        LegFill right = arbitrary_fill();
        right.contract = wrong.contract;
        book(right);
      } else {
        book(arbitrary_fill());
      }
      tally.expect_agrees(structure, cash);
    }
    // At the end all of it turns into cash.
    const Price level = Price::cents(*rc::gen::inRange(275'000, 290'000));
    for (const ContractId contract : {spread.short_put, spread.long_put}) {
      if (tally.position(contract) == 0) { continue; }
      LegFill fill = settlement_fill(structure, contract, level, master);
      cash += book_fill(structure, fill, master);
      fill.side = tally.position(contract) > 0 ? Side::kSell : Side::kBuy;
      tally.add(fill, 1);
    }
    RC_ASSERT(structure.flat());
    tally.expect_agrees(structure, cash);
  }));
}

TEST(StructureBook, CountsWholeUnitsByTheScarcestLeg) {
  struct Case {
    std::string_view name;
    int sold;
    int bought;
    int units;
  };
  const Case cases[] = {{"nothing held", 0, 0, 0}, {"one unit", 1, 1, 1},
                        {"three units", 3, 3, 3},  {"a leg missing", 2, 0, 0},
                        {"a leg short", 3, 2, 2},  {"the other short", 1, 4, 1}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Spread spread;
    if (c.sold > 0) { (void)spread.fill(spread.short_put, Side::kSell, c.sold, 20); }
    if (c.bought > 0) { (void)spread.fill(spread.long_put, Side::kBuy, c.bought, 14); }
    EXPECT_EQ(whole_units(spread.structure), Contracts{c.units});
  }
  Spread ratio;
  ratio.structure.legs = {{ratio.short_put, -1}, {ratio.long_put, 2}};
  (void)ratio.fill(ratio.short_put, Side::kSell, 2, 20);
  (void)ratio.fill(ratio.long_put, Side::kBuy, 3, 14);
  EXPECT_EQ(whole_units(ratio.structure), Contracts{1});
}

// covers: I-09, A-36
TEST(StructureBook, ExposesWhatIsHeldWithItsCashLessAllFees) {
  Spread spread;
  (void)spread.fill(spread.short_put, Side::kSell, 2, 20, 2.30);
  (void)spread.fill(spread.long_put, Side::kBuy, 2, 14, 2.30);
  Exposure exposure;
  add_to(exposure, spread.structure, spread.listed.master);
  EXPECT_EQ(exposure.worst_case_of("SPX"_sym), money(5000 - 1200 + 4.60));
  EXPECT_EQ(exposure.worst_case_of_all(), exposure.worst_case_of("SPX"_sym));
}

// covers: I-09, A-36
TEST(StructureBook, ExposesAnOrderAtTheEndOfItsWalk) {
  Spread spread;
  const OrderTicket ticket{.underlying = "SPX"_sym,
                           .legs = spread.structure.legs,
                           .quantity = Contracts{3},
                           .walk = {.first = dollars(6.00), .last = dollars(5.80)}};
  Exposure exposure;
  exposure.expect("SPX"_sym, exposure_of(ticket, Contracts{2}, money(4.60), spread.listed.master));
  EXPECT_EQ(exposure.worst_case_of_all(), money(5000 - 1160 + 4.60));
}

// covers: I-09
TEST(StructureBook, LetsALaterLongCoverANearerShortButNeverTheOtherWayRound) {
  Spread spread;
  const Date far = date(2024, 7, 19);
  const ContractId later = spread.listed({"SPXW"_sym, far, dollars(2850), OptionRight::kPut});
  const auto exposure_of_legs = [&](const Legs& legs) {
    const OrderTicket ticket{.underlying = "SPX"_sym, .legs = legs, .walk = {.last = dollars(-8)}};
    return exposure_of(ticket, Contracts{1}, Money{}, spread.listed.master);
  };
  const auto worst = [](const std::map<Date, Bundle>& parts) {
    Exposure exposure;
    exposure.expect("SPX"_sym, parts);
    return exposure.worst_case_of_all();
  };
  // A calendar loses what was paid for it at most.
  const auto calendar = exposure_of_legs({{spread.short_put, -1}, {later, 1}});
  EXPECT_EQ(calendar.size(), 1U);
  EXPECT_EQ(worst(calendar), money(800));
  // The later sale stands alone once the nearer option is gone: 285,000 dollars, and 800 paid.
  const auto reversed_calendar = exposure_of_legs({{spread.short_put, 1}, {later, -1}});
  EXPECT_EQ(reversed_calendar.size(), 2U);
  EXPECT_EQ(worst(reversed_calendar), money(285'000 + 800));
}

}  // namespace
}  // namespace v6
