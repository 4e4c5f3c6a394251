#include "model/structure.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <vector>

#include "base/check.hpp"
#include "base/enum_text.hpp"
#include "base/uniform_test_kit.hpp"
#include "model/order.hpp"

namespace v6 {
namespace {

using namespace literals;
using enum StructureKind;

constexpr int kNear = 6;  // June
constexpr int kFar = 7;

/// One leg in short: contracts, right, strike, month of 2019, root.
struct Part {
  int ratio;
  char right;
  int strike;
  int month = kNear;
  Symbol root = "SPXW"_sym;
};

struct Position {
  InstrumentMaster master;
  Legs legs;
};

Position position(const std::vector<Part>& parts) {
  Position made;
  for (const Part& part : parts) {
    made.legs.push_back({ContractId{static_cast<std::uint32_t>(made.master.size())}, part.ratio});
    made.master.columns.push_back(
        {.root = part.root,
         .expiry = date(2019, static_cast<unsigned>(part.month), 19),
         .strike = Price::cents(std::int64_t{part.strike} * 100),
         .right = part.right == 'C' ? OptionRight::kCall : OptionRight::kPut});
  }
  return made;
}

StructureKind kind_of(const std::vector<Part>& parts) {
  const Position made = position(parts);
  return recognise(made.legs, made.master);
}

struct Shape {
  std::string_view name;
  std::vector<Part> parts;
  StructureKind kind;
};

const std::vector<Shape>& shapes() {
  static const std::vector<Shape> kShapes = {
      {"iron condor", {{1, 'P', 90}, {-1, 'P', 95}, {-1, 'C', 105}, {1, 'C', 110}}, kIronCondor},
      {"uneven wings", {{1, 'P', 80}, {-1, 'P', 95}, {-1, 'C', 105}, {1, 'C', 110}}, kIronCondor},
      {"iron butterfly",
       {{1, 'P', 90}, {-1, 'P', 100}, {-1, 'C', 100}, {1, 'C', 110}},
       kIronButterfly},
      {"put credit spread", {{1, 'P', 90}, {-1, 'P', 95}}, kPutCreditSpread},
      {"put debit spread", {{-1, 'P', 90}, {1, 'P', 95}}, kPutDebitSpread},
      {"call credit spread", {{-1, 'C', 105}, {1, 'C', 110}}, kCallCreditSpread},
      {"call debit spread", {{1, 'C', 105}, {-1, 'C', 110}}, kCallDebitSpread},
      {"long call", {{1, 'C', 100}}, kLongCall},
      {"long put", {{1, 'P', 100}}, kLongPut},
      {"calendar of calls", {{-1, 'C', 100}, {1, 'C', 100, kFar}}, kCalendar},
      {"calendar of puts", {{-1, 'P', 100}, {1, 'P', 100, kFar}}, kCalendar},

      {"short call", {{-1, 'C', 100}}, kUndefinedRisk},
      {"short put", {{-1, 'P', 100}}, kUndefinedRisk},
      {"short straddle", {{-1, 'C', 100}, {-1, 'P', 100}}, kUndefinedRisk},
      {"short strangle", {{-1, 'C', 105}, {-1, 'P', 95}}, kUndefinedRisk},
      {"ratio spread", {{1, 'C', 100}, {-2, 'C', 105}}, kUndefinedRisk},
      {"risk reversal", {{1, 'C', 105}, {-1, 'P', 95}}, kUndefinedRisk},
      {"short calendar", {{1, 'C', 100}, {-1, 'C', 100, kFar}}, kUndefinedRisk},
      {"jade lizard", {{-1, 'P', 95}, {-1, 'C', 105}, {1, 'C', 110}}, kUndefinedRisk},
      {"condor with a wing in the other month",
       {{1, 'P', 90}, {-1, 'P', 95, kFar}, {-1, 'C', 105}, {1, 'C', 110}},
       kUndefinedRisk},
      {"PM short over an AM long of the same day",
       {{1, 'P', 90, kNear, "SPX"_sym}, {-1, 'P', 95}},
       kUndefinedRisk},
      {"condor with two calls short",
       {{1, 'P', 90}, {-1, 'P', 95}, {-2, 'C', 105}, {1, 'C', 110}},
       kUndefinedRisk},

      {"nothing", {}, kCustom},
      {"straddle", {{1, 'C', 100}, {1, 'P', 100}}, kCustom},
      {"back spread", {{-1, 'C', 100}, {2, 'C', 105}}, kCustom},
      {"two verticals in one order", {{2, 'P', 90}, {-2, 'P', 95}}, kCustom},
      {"diagonal", {{-1, 'C', 105}, {1, 'C', 100, kFar}}, kCustom},
      {"butterfly of calls", {{1, 'C', 95}, {-2, 'C', 100}, {1, 'C', 105}}, kCustom},
      {"long condor", {{-1, 'P', 90}, {1, 'P', 95}, {1, 'C', 105}, {-1, 'C', 110}}, kCustom},
      {"condor whose sides cross",
       {{1, 'P', 100}, {-1, 'P', 106}, {-1, 'C', 105}, {1, 'C', 110}},
       kCustom},
      {"condor of calls alone",
       {{1, 'C', 90}, {-1, 'C', 95}, {-1, 'C', 105}, {1, 'C', 110}},
       kCustom},
      {"condor over two months",
       {{1, 'P', 90}, {-1, 'P', 95}, {-1, 'C', 105, kFar}, {1, 'C', 110, kFar}},
       kCustom},
      {"AM short over a PM long of the same day",
       {{1, 'P', 90}, {-1, 'P', 95, kNear, "SPX"_sym}},
       kCustom},
      {"a contract against itself", {{1, 'P', 95}, {-1, 'P', 95}}, kCustom},
      {"condor whose wing is its short leg",
       {{1, 'P', 90}, {-1, 'P', 95}, {-1, 'C', 105}, {1, 'C', 105}},
       kCustom},
  };
  return kShapes;
}

TEST(Recognise, NamesEveryShape) {
  for (const Shape& shape : shapes()) {
    SCOPED_TRACE(shape.name);
    EXPECT_EQ(word(kind_of(shape.parts)), word(shape.kind));
  }
}

TEST(Recognise, DoesNotCareForTheOrderOfTheLegs) {
  for (const Shape& shape : shapes()) {
    SCOPED_TRACE(shape.name);
    Position made = position(shape.parts);
    std::ranges::sort(made.legs);
    do {
      EXPECT_EQ(word(recognise(made.legs, made.master)), word(shape.kind));
    } while (std::ranges::next_permutation(made.legs).found);
  }
}

TEST(Recognise, CallsUndefinedWhatLosesWithoutEndInOneExpiry) {
  EXPECT_TRUE(rc::check([] {
    std::vector<Part> parts;
    int calls = 0;
    int puts = 0;
    for (auto left = uniform(1, 5); left > 0; --left) {
      const int ratio = *rc::gen::element(-2, -1, 1, 2);
      const bool call = uniform(0, 2) == 1;
      (call ? calls : puts) += ratio;
      parts.push_back({ratio, call ? 'C' : 'P', 90 + 5 * uniform(0, 6)});
    }
    // Beyond the outermost strikes only the net number of calls, or of puts, counts.
    RC_ASSERT((kind_of(parts) == kUndefinedRisk) == (calls < 0 || puts < 0));
  }));
}

TEST(IsCredit, HoldsForWhatIsSold) {
  for (const auto kind : {kIronCondor, kIronButterfly, kPutCreditSpread, kCallCreditSpread,
                          kCoveredCall, kCashSecuredPut, kUndefinedRisk}) {
    EXPECT_TRUE(is_credit(kind)) << word(kind);
  }
  for (const auto kind :
       {kPutDebitSpread, kCallDebitSpread, kLongCall, kLongPut, kCalendar, kCustom}) {
    EXPECT_FALSE(is_credit(kind)) << word(kind);
  }
}

Price width(const std::vector<Part>& parts) {
  const Position made = position(parts);
  return width_of(made.legs, made.master);
}

TEST(Width, IsThatOfTheWiderVertical) {
  EXPECT_EQ(width({{1, 'P', 90}, {-1, 'P', 95}}), Price::cents(500));
  EXPECT_EQ(width({{1, 'C', 105}, {-1, 'C', 110}}), Price::cents(500));
  EXPECT_EQ(width({{1, 'P', 80}, {-1, 'P', 95}, {-1, 'C', 105}, {1, 'C', 110}}),
            Price::cents(1500));
  EXPECT_EQ(width({{1, 'P', 90}, {-1, 'P', 95}, {-1, 'C', 105}, {1, 'C', 112}}), Price::cents(700));
  EXPECT_EQ(width({{1, 'C', 100}}), Price{});
  EXPECT_EQ(width({{-1, 'C', 100}, {1, 'C', 100, kFar}}), Price{});
  EXPECT_EQ(width({{-1, 'C', 100}, {1, 'P', 90}}), Price{});
}

Quote quote(std::int64_t bid, std::int64_t ask) { return {Price::cents(bid), Price::cents(ask)}; }

TEST(NetQuote, IsCashToUs) {
  const Position spread = position({{1, 'P', 90}, {-1, 'P', 95}});
  const std::vector<Quote> quotes = {quote(700, 730), quote(1000, 1040)};
  // Sold at 10.20 and bought at 7.15; at worst sold at 10.00 and bought at 7.30.
  const NetQuote credit = net_quote(spread.legs, quotes);
  EXPECT_EQ(credit.mid, Price::cents(305));
  EXPECT_EQ(credit.natural, Price::cents(270));
  EXPECT_EQ(credit.widths, Price::cents(70));
  EXPECT_EQ(credit.distance(), Price::cents(35));
  const NetQuote debit = net_quote(reversed(spread.legs), quotes);
  EXPECT_EQ(debit.mid, Price::cents(-305));
  EXPECT_EQ(debit.natural, Price::cents(-340));
}

TEST(NetQuote, CountsRatios) {
  const Position back_spread = position({{-1, 'C', 100}, {2, 'C', 105}});
  const NetQuote net = net_quote(back_spread.legs, {quote(500, 520), quote(200, 210)});
  EXPECT_EQ(net.mid, Price::cents(510 - 2 * 205));
  EXPECT_EQ(net.natural, Price::cents(500 - 2 * 210));
  EXPECT_EQ(net.widths, Price::cents(20 + 2 * 10));
}

TEST(NetQuote, NeedsAQuoteForEachLeg) {
  const Position spread = position({{1, 'P', 90}, {-1, 'P', 95}});
  EXPECT_THROW((void)net_quote(spread.legs, {quote(700, 730)}), BrokenInvariant);
}

TEST(NetQuote, CostsTheWidthsToGoInAndOut) {
  EXPECT_TRUE(rc::check([] {
    Legs legs;
    std::vector<Quote> quotes;
    for (auto left = uniform(1, 5); left > 0; --left) {
      legs.push_back({ContractId{}, *rc::gen::element(-2, -1, 1, 2)});
      const auto bid = uniform(0, 10'000);
      quotes.push_back(quote(bid, bid + uniform(1, 100)));
    }
    const NetQuote in = net_quote(legs, quotes);
    const NetQuote out = net_quote(reversed(legs), quotes);
    RC_ASSERT(in.natural <= in.mid);
    RC_ASSERT(in.mid == -out.mid);
    RC_ASSERT(in.natural + out.natural == -in.widths);
    RC_ASSERT(in.distance() * 2 == in.widths);
    RC_ASSERT(reversed(reversed(legs)) == legs);
  }));
}

TEST(Quote, IsUsableWithAnAskAndNotCrossed) {
  EXPECT_TRUE(quote(100, 105).usable());
  EXPECT_TRUE(quote(0, 5).usable());  // a zero bid is a bid
  EXPECT_TRUE(quote(5, 5).usable());
  EXPECT_FALSE(quote(0, 0).usable());
  EXPECT_FALSE(quote(105, 100).usable());
  EXPECT_FALSE(quote(-5, 5).usable());
  EXPECT_EQ(quote(0, 5).mid(), Price::from_raw(250));
  EXPECT_EQ(quote(100, 105).width(), Price::cents(5));
}

TEST(OptionalColumn, KeepsMillionthsAndAbsence) {
  OptionalColumn column;
  for (const auto& value : {std::optional{0.15}, std::optional<double>{}, std::optional{-0.123456},
                            std::optional{0.0}}) {
    column.push_back(value);
  }
  ASSERT_EQ(column.size(), 4U);
  EXPECT_EQ(column.at(0), 0.15);
  EXPECT_EQ(column.at(1), std::nullopt);
  EXPECT_EQ(column.at(2), -0.123456);
  EXPECT_EQ(column.at(3), 0.0);
  EXPECT_THROW(column.push_back(2000.0), BrokenInvariant);
}

TEST(Purpose, OpensOrDoesNot) {
  EXPECT_TRUE(opens(Purpose::kOpen));
  EXPECT_TRUE(opens(Purpose::kRollOpen));
  for (const auto purpose : {Purpose::kClose, Purpose::kReduce, Purpose::kRollClose}) {
    EXPECT_FALSE(opens(purpose)) << word(purpose);
  }
}

TEST(OrderStatus, IsLiveWhileItCouldStillFill) {
  using enum OrderStatus;
  for (const auto status : {kSending, kWorking, kPartiallyFilled, kCancelling, kUnknown}) {
    EXPECT_TRUE(is_live(status)) << word(status);
  }
  for (const auto status : {kFilled, kCancelled, kRejected, kNotSent}) {
    EXPECT_FALSE(is_live(status)) << word(status);
  }
}

TEST(Waterfall, FindsTheFirstLineOfAVerdict) {
  const Waterfall waterfall = {{.name = "mode", .verdict = Verdict::kPass},
                               {.name = "session", .verdict = Verdict::kRefuse},
                               {.name = "vix", .verdict = Verdict::kRefuse}};
  EXPECT_EQ(first_of(waterfall, Verdict::kRefuse)->name, "session");
  EXPECT_EQ(first_of(waterfall, Verdict::kFire), nullptr);
}

}  // namespace
}  // namespace v6
