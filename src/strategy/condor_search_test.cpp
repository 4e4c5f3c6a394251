// The search of condors: in lanes against one by one, to the bit, and against product.md section 11
// written anew.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <chrono>
#include <limits>
#include <map>
#include <set>

#include "analytics/golden_file.hpp"
#include "analytics/paths.hpp"
#include "base/codec.hpp"
#include "strategy/candidate_builder.hpp"
#include "strategy/chain_refresh.hpp"
#include "strategy/strategy_test_kit.hpp"

namespace v6 {
namespace {

using namespace strategy_test;

constexpr std::size_t kAlways = 0;
constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

/// One market and all that a search asks of the account.
struct Desk {
  MadeUpMarket market{};
  Symbol underlying = "SPX"_sym;
  Symbol root = "SPXW"_sym;
  IvLevel level = IvLevel::kNormal;
  StrategySettings settings{};
  FeeSchedule fees{};
  Factors factors{.outlook = Outlook::kNeutral, .realised_20 = 0.14, .realised_252 = 0.16};
  std::set<ContractId> taken;
  Room room = plenty();
  BookDelta book{.dollar_delta = 0, .limit = 200'000};

  [[nodiscard]] CandidateQuery query() const {
    return {.kind = StructureKind::kIronCondor, .level = level, .taken = &taken, .room = room};
  }
  [[nodiscard]] Pricer pricer(const Surface& surface) const {
    return {.settings = &settings,
            .fees = &fees,
            .surface = &surface,
            .forecast = Forecast{settings.forecast, factors, surface.smile},
            .spot = market.spot,
            .multiplier = Multiplier{100},
            .beta = 1,
            .book = book};
  }
  [[nodiscard]] Search search(const MarketView& view, const ExpirySlice& slice,
                              std::size_t least_scanned) const {
    SearchMemory memory;
    memory.least_scanned = least_scanned;
    return find_best(view, market.master, QuoteKind::kLive, slice, pricer(*view.surface(slice)),
                     query(), memory);
  }
};

/// Everything a search says, as the journal writes it.
Bytes told(const Search& search) {
  Bytes bytes = encoded(search.waterfall);
  for (const Bytes& more :
       {encoded(search.count), encoded(std::optional<Candidate>{search.best})}) {
    bytes.insert(bytes.end(), more.begin(), more.end());
  }
  return bytes;
}

/// A market of one expiry: strikes a step apart, prices of a smile with a jitter, quotes in cents.
Desk made_up_desk(int strikes, double jitter) {
  Desk desk;
  desk.market.spot = 600;
  const Series series{.expiry = kToday + std::chrono::days{*rc::gen::inRange(21, 45)},
                      .volatility = 0.01 * *rc::gen::inRange(10, 40),
                      .slope = -0.1 * *rc::gen::inRange(0, 5)};
  const auto part = [] { return *rc::gen::inRange(-1000, 1001) / 1000.0; };
  const int middle = strikes / 2;
  for (int i = 0; i < strikes; ++i) {
    const double strike = 600 + 120.0 * (i - middle) / strikes;
    const double rounded = std::round(strike);
    if (i > 0 && desk.market.master.columns.strike.back() >= dollars(rounded).raw()) { continue; }
    for (const OptionRight right : {OptionRight::kCall, OptionRight::kPut}) {
      TextbookOption option = desk.market.option(series, right, rounded);
      option.volatility *= 1.0 + jitter * part();
      const double cents = std::max(1.0, std::round(100.0 * option.price()));
      const auto half = static_cast<std::int64_t>(std::round(1 + 0.03 * cents * std::fabs(part())));
      const auto mid = static_cast<std::int64_t>(cents);
      desk.market.list({.contract = {series.root, series.expiry, dollars(rounded), right},
                        .quote = {.bid = Price::cents(std::max<std::int64_t>(0, mid - half)),
                                  .ask = Price::cents(mid + half)}});
    }
  }
  return desk;
}

/// Windows, limits and holdings of every kind: wide and narrow, binding and not.
void unsettle(Desk& desk) {
  const auto one_of = [](auto... values) { return *rc::gen::element(values...); };
  CondorSettings& condor = desk.settings.condor;
  condor.normal = {.least = one_of(0.02, 0.1, 0.2), .most = one_of(0.25, 0.4, 0.6), .target = 0.22};
  condor.width = {.least = one_of(0.002, 0.01), .most = one_of(0.03, 0.06)};
  condor.sides_within = one_of(0.02, 0.05, 0.5);
  condor.least_credit = one_of(0.01, 0.15, 0.2, 0.3, 0.5);
  desk.settings.expected_concession = one_of(0.0, 0.35, 1.0);
  desk.settings.score.chance = one_of(0.0, 15.0, 60.0);
  desk.settings.score.edge = one_of(0.0, 35.0, 100.0);
  desk.fees.minimum_per_order = one_of(Money::cents(100), Money::cents(400));
  desk.factors.realised_20 = one_of(0.05, 0.14, 0.5);
  desk.book = {.dollar_delta = one_of(0.0, 50'000.0), .limit = one_of(0.0, 60'000.0, 200'000.0)};
  desk.room.structure_worst_case =
      one_of(Money::cents(20'000), Money::cents(80'000), Money::cents(100'000'000));
  for (Room::Greek* greek :
       {&desk.room.delta, &desk.room.gamma, &desk.room.vega, &desk.room.theta}) {
    *greek = {.now = one_of(0.0, 0.0, -20.0, 30.0), .limit = one_of(1e9, 1e9, 1e9, 60.0, 0.0)};
  }
  for (int held = one_of(0, 0, 4); held > 0; --held) {
    const auto size = static_cast<int>(desk.market.master.size());
    desk.taken.insert(ContractId{static_cast<std::uint32_t>(*rc::gen::inRange(0, size))});
  }
}

RC_GTEST_PROP(CondorSearch, SaysTheSameInLanesAsOneByOneOnEveryPath, ()) {
  Desk desk = made_up_desk(*rc::gen::inRange(20, 120), *rc::gen::element(0.0, 0.01, 0.05, 0.3));
  unsettle(desk);
  const MarketView view = desk.market.view();
  const ExpirySlice& slice = *view.expiries(desk.root).front();
  const bool fitted = view.surface(slice) != nullptr;
  RC_PRE(fitted);
  const Bytes expected = told(desk.search(view, slice, kNever));
  const Path usual = path_in_use();
  for (const Path path : usable_paths()) {
    use_path(path);
    const Bytes found = told(desk.search(view, slice, kAlways));
    use_path(usual);
    RC_ASSERT(found == expected);
  }
}

/// SPXW on a day of the shipped chains, its own Greeks left out.
Desk real_desk(const std::string& day, double spot) {
  Desk desk;
  desk.market.spot = spot;
  desk.market.at = new_york_instant(kToday, std::chrono::hours{15} + std::chrono::minutes{45});
  for (const GoldenRow& row : golden_rows("spx-eod-2019/SPX_" + day + ".csv.gz")) {
    if (!row.text("optionroot").starts_with("SPXW")) { continue; }
    const auto parts = split(row.text("expiration"), '/');
    const Date expiry = date(std::stoi(parts[2]), static_cast<unsigned>(std::stoi(parts[0])),
                             static_cast<unsigned>(std::stoi(parts[1])));
    desk.market.list(
        {.contract = {"SPXW"_sym, expiry, dollars(row.number("strike")),
                      row.text("type") == "call" ? OptionRight::kCall : OptionRight::kPut},
         .quote = {.bid = dollars(row.number("bid")), .ask = dollars(row.number("ask"))}});
  }
  desk.settings.condor.normal = {.least = 0.10, .most = 0.30, .target = 0.22};
  desk.settings.condor.least_credit = 0.15;
  desk.settings.condor.sides_within = 0.1;
  return desk;
}

TEST(CondorSearch, SaysTheSameInLanesAsOneByOneOnARealChain) {
  const Desk desk = real_desk("20190506", 2920.72);
  const MarketView view = desk.market.view();
  const Path usual = path_in_use();
  std::uint64_t examined = 0;
  for (const ExpirySlice* slice : view.expiries("SPXW"_sym)) {
    if (slice->dte < 14 || slice->dte > 60 || view.surface(*slice) == nullptr) { continue; }
    const Search one_by_one = desk.search(view, *slice, kNever);
    examined += one_by_one.count.examined;
    for (const Path path : usable_paths()) {
      use_path(path);
      const Search in_lanes = desk.search(view, *slice, kAlways);
      EXPECT_EQ(told(in_lanes), told(one_by_one)) << slice->dte << " days, " << name_of(path);
    }
    use_path(usual);
  }
  EXPECT_GT(examined, 10'000U);
}

// ---- product.md, sections 6, 11 and 12, without the code under test -----------------------------

struct BookOption {
  ContractId id;
  OptionRight right = OptionRight::kPut;
  double strike = 0;
  std::int64_t bid = 0;  // ten-thousandths
  std::int64_t ask = 0;
  double delta = 0;
  double theta = 0;
  double forecast = 0;

  [[nodiscard]] std::int64_t mid() const { return (bid + ask) / 2; }
};

class Book {
 public:
  Book(const Desk& desk, const ExpirySlice& slice, const Surface& surface)
      : desk_{&desk}, surface_{&surface} {
    const double level =
        std::max(0.05, 0.5 * *desk.factors.realised_20 + 0.5 * *desk.factors.realised_252);
    scale_ = level / volatility(surface.forward.forward);
    const double years = slice.years;
    const double rate = -std::log(surface.forward.discount) / years;
    const double yield = rate - std::log(surface.forward.forward / desk.market.spot) / years;
    for (std::size_t row = 0; row < desk.market.chain.size(); ++row) {
      const ContractId id{desk.market.chain.contract[row]};
      const Contract contract = desk.market.master[id];
      if (contract.expiry != slice.expiry) { continue; }
      BookOption option{.id = id,
                        .right = contract.right,
                        .strike = contract.strike.dollars(),
                        .bid = desk.market.chain.bid[row],
                        .ask = desk.market.chain.ask[row]};
      const TextbookOption own{.right = option.right,
                               .spot = desk.market.spot,
                               .strike = option.strike,
                               .volatility = volatility(option.strike),
                               .years = years,
                               .rate = rate,
                               .yield = yield};
      option.delta = own.delta();
      option.theta = own.theta();
      option.forecast = expected(option.right, option.strike);
      options_.push_back(option);
    }
  }

  struct Found {
    std::uint32_t examined = 0;
    std::uint32_t alike = 0;
    std::uint32_t credit = 0;
    std::uint32_t passed = 0;
    double best_fraction = -1e9;
    double score = -1;
    std::vector<ContractId> legs;
  };

  [[nodiscard]] Found search() const {
    Found found;
    const auto puts = verticals(OptionRight::kPut);
    const auto calls = verticals(OptionRight::kCall);
    for (const auto& [put_sold, put_bought] : puts) {
      for (const auto& [call_sold, call_bought] : calls) {
        if (put_sold->strike >= call_sold->strike) { continue; }
        ++found.examined;
        const double apart = std::fabs(std::fabs(put_sold->delta) - std::fabs(call_sold->delta));
        if (apart > desk_->settings.condor.sides_within) { continue; }
        ++found.alike;
        judge(*put_sold, *put_bought, *call_sold, *call_bought, found);
      }
    }
    return found;
  }

 private:
  using Pair = std::pair<const BookOption*, const BookOption*>;

  /// Linear in strike through the smile's points, flat beyond.
  [[nodiscard]] double volatility(double strike) const {
    const auto& points = surface_->smile.points();
    if (strike <= points.front().strike) { return points.front().volatility; }
    for (std::size_t i = 1; i < points.size(); ++i) {
      if (strike > points[i].strike) { continue; }
      const double share =
          (strike - points[i - 1].strike) / (points[i].strike - points[i - 1].strike);
      return (1.0 - share) * points[i - 1].volatility + share * points[i].volatility;
    }
    return points.back().volatility;
  }
  [[nodiscard]] double expected(OptionRight right, double strike) const {
    return payoff_expected(right, surface_->forward.forward, strike, scale_ * volatility(strike),
                           surface_->smile.years());
  }
  [[nodiscard]] double chance_below(double level) const {
    const double step = 0.005 * desk_->market.spot;
    const double slope =
        (expected(OptionRight::kPut, level + step) - expected(OptionRight::kPut, level - step)) /
        (2.0 * step);
    return std::clamp(slope, 0.0, 1.0);
  }

  [[nodiscard]] std::vector<Pair> verticals(OptionRight right) const {
    std::vector<Pair> list;
    const CondorSettings& condor = desk_->settings.condor;
    for (const BookOption& sold : options_) {
      const double delta = std::fabs(sold.delta);
      if (sold.right != right || delta < condor.normal.least || delta > condor.normal.most) {
        continue;
      }
      for (const BookOption& bought : options_) {
        if (bought.right != right) { continue; }
        const double width =
            right == OptionRight::kPut ? sold.strike - bought.strike : bought.strike - sold.strike;
        const double share = width / desk_->market.spot;
        if (share < condor.width.least - 1e-9 || share > condor.width.most + 1e-9) { continue; }
        if (liquid(sold) && liquid(bought)) { list.emplace_back(&sold, &bought); }
      }
    }
    return list;
  }
  static bool liquid(const BookOption& option) {
    const double width = static_cast<double>(option.ask - option.bid);
    return option.bid > 0 && width <= std::max(1000.0, 0.15 * static_cast<double>(option.mid()));
  }

  /// Commission by premium tier, exchange fee of index options, clearing and regulatory.
  static double fees(const BookOption& option) {
    const double price = static_cast<double>(option.mid()) / 1e4;
    return commission(option) + (price >= 1.00 ? 0.45 : 0.37) + 0.02 + 0.03;
  }
  static double commission(const BookOption& option) {
    const double price = static_cast<double>(option.mid()) / 1e4;
    return price >= 0.10 ? 0.65 : price >= 0.05 ? 0.50 : 0.25;
  }

  static double clamped(double value, double zero, double one) {
    return std::clamp((value - zero) / (one - zero), 0.0, 1.0);
  }

  void judge(const BookOption& put_sold, const BookOption& put_bought, const BookOption& call_sold,
             const BookOption& call_bought, Found& found) const {
    std::int64_t mid = 0;
    std::int64_t natural = 0;
    double half_widths = 0;
    double forecast = 0;
    double delta = 0;
    double theta = 0;
    double all_fees = 0;
    double commissions = 0;
    const auto add = [&](const BookOption& option, int sign) {
      mid -= sign * option.mid();
      natural -= sign * (sign > 0 ? option.ask : option.bid);
      half_widths += static_cast<double>(option.ask - option.bid) / 2e4;
      forecast += sign * option.forecast;
      delta += sign * option.delta;
      theta += sign * option.theta;
      all_fees += fees(option);
      commissions += commission(option);
    };
    add(put_sold, -1);
    add(put_bought, 1);
    add(call_sold, -1);
    add(call_bought, 1);
    all_fees += std::max(0.0, 1.00 - commissions);
    const double price =
        static_cast<double>(mid - std::llround(0.35 * static_cast<double>(mid - natural))) / 1e4;
    const double width =
        std::max(put_sold.strike - put_bought.strike, call_bought.strike - call_sold.strike);
    const double cash = 100.0 * price - all_fees;
    const double fraction = cash / (100.0 * width);
    found.best_fraction = std::max(found.best_fraction, fraction);
    if (fraction < desk_->settings.condor.least_credit - 1e-12) { return; }
    ++found.credit;
    const double worst = 100.0 * width - cash;
    if (worst > desk_->room.structure_worst_case.dollars() + 1e-9) { return; }
    ++found.passed;

    const double concession = 0.35 * static_cast<double>(mid - natural) / 1e4;
    const double value = 100.0 * (static_cast<double>(mid) / 1e4 + forecast) -
                         2.0 * 100.0 * concession - 2.0 * all_fees;
    const double chance = std::max(
        0.0, chance_below(call_sold.strike + price) - chance_below(put_sold.strike - price));
    const double score =
        35 * clamped(value / worst, -0.05, 0.10) + 20 * clamped(price / -forecast, 0.8, 1.3) +
        15 * clamped(chance, 0.45, 0.85) + 15 * clamped(1.0 - half_widths / price, 0.5, 1.0) +
        10 * clamped(100.0 * theta / worst, 0, 0.01) +
        5 * clamped(1.0 - std::fabs(100.0 * delta * desk_->market.spot) / desk_->book.limit, 0, 1);
    if (score > found.score) {
      found.score = score;
      found.legs = {put_sold.id, put_bought.id, call_sold.id, call_bought.id};
    }
  }

  const Desk* desk_;
  const Surface* surface_;
  double scale_ = 1;
  std::vector<BookOption> options_;
};

std::vector<ContractId> legs_of(const Search& search) {
  std::vector<ContractId> legs;
  if (search.best) {
    for (const Leg& leg : search.best->legs) { legs.push_back(leg.contract); }
  }
  return legs;
}

double measured(const Search& search, std::string_view gate) {
  for (const Check& check : search.waterfall) {
    if (check.name == gate && check.measured) { return *check.measured; }
  }
  return std::numeric_limits<double>::quiet_NaN();
}

TEST(CondorSearch, IsThatOfTheProductsFormulasOnARealChain) {
  Desk desk = real_desk("20190506", 2920.72);
  // A limit that some condors keep.
  desk.room.structure_worst_case = Money::cents(450'000);
  const MarketView view = desk.market.view();
  int compared = 0;
  for (const ExpirySlice* slice : view.expiries("SPXW"_sym)) {
    const Surface* surface = view.surface(*slice);
    if (slice->dte < 21 || slice->dte > 45 || surface == nullptr) { continue; }
    SCOPED_TRACE(slice->dte);
    const Book::Found book = Book{desk, *slice, *surface}.search();
    const Search search = desk.search(view, *slice, kAlways);
    EXPECT_EQ(search.count.examined, book.examined);
    EXPECT_EQ(search.count.passed, book.passed);
    EXPECT_EQ(legs_of(search), book.legs);
    if (book.examined > 0) { EXPECT_NEAR(measured(search, "credit"), book.best_fraction, 1e-12); }
    if (search.best) { EXPECT_NEAR(search.best->score.total, book.score, 1e-6); }
    compared += book.passed > 0 ? 1 : 0;
  }
  EXPECT_GT(compared, 3);
}

RC_GTEST_PROP(CondorSearch, IsThatOfTheProductsFormulas, ()) {
  Desk desk = made_up_desk(60, *rc::gen::element(0.01, 0.05));
  desk.settings.condor.normal = {.least = 0.1, .most = 0.4, .target = 0.22};
  desk.settings.condor.width = {.least = 0.005, .most = 0.04};
  desk.settings.condor.sides_within = 0.15;
  desk.settings.liquidity.least_open_interest = 0;
  const MarketView view = desk.market.view();
  const ExpirySlice& slice = *view.expiries(desk.root).front();
  const Surface* surface = view.surface(slice);
  const bool fitted = surface != nullptr;
  RC_PRE(fitted);
  const Book::Found book = Book{desk, slice, *surface}.search();
  const Search search = desk.search(view, slice, kAlways);
  RC_ASSERT(search.count.examined == book.examined);
  RC_ASSERT(search.count.passed == book.passed);
  RC_ASSERT(search.best.has_value() == !book.legs.empty());
  if (search.best) { RC_ASSERT(std::fabs(search.best->score.total - book.score) < 1e-6); }
}

// ---- a chain kept up to date -------------------------------------------------------------------

std::vector<std::byte> stream_of(const Chain& chain) {
  std::vector<std::byte> bytes;
  const auto put = [&](std::uint32_t value) {
    for (unsigned shift = 0; shift < 32; shift += 8) {
      bytes.push_back(static_cast<std::byte>(value >> shift));
    }
  };
  for (std::uint32_t row = 0; row < chain.size(); ++row) {
    put(row);
    put(static_cast<std::uint32_t>(chain.bid[row]));
    put(static_cast<std::uint32_t>(chain.ask[row]));
  }
  return bytes;
}

TEST(ChainRefresh, FindsWhatASearchOfTheSameQuotesFinds) {
  const Desk desk = real_desk("20190506", 2920.72);
  const MarketView view = desk.market.view();
  // It starts from quotes that are all alike, and learns today's from the stream.
  ChainRefresh refresh{view, desk.market.master, "SPXW"_sym};
  Chain stale = desk.market.chain;
  for (std::size_t row = 0; row < stale.size(); ++row) { stale.bid[row] = stale.ask[row] = 10'000; }
  ASSERT_EQ(refresh.take(stream_of(stale)), stale.size());
  ASSERT_EQ(refresh.take(stream_of(desk.market.chain)), stale.size());
  refresh.value(view.spot());
  const CandidateQuery query = desk.query();
  const auto found = refresh.search({.settings = &desk.settings,
                                     .fees = &desk.fees,
                                     .factors = &desk.factors,
                                     .query = query,
                                     .book = desk.book});
  std::size_t condors = 0;
  for (const RefreshedExpiry& expiry : found) {
    const ExpirySlice& slice = *view.slice("SPXW"_sym, expiry.expiry);
    const Search search = desk.search(view, slice, kNever);
    EXPECT_EQ(expiry.count.examined, search.count.examined);
    EXPECT_EQ(expiry.count.passed, search.count.passed);
    ASSERT_EQ(expiry.best.has_value(), search.best.has_value());
    if (!expiry.best) { continue; }
    ++condors;
    EXPECT_DOUBLE_EQ(expiry.best->score, search.best->score.total);
    EXPECT_EQ(std::vector(expiry.best->legs.begin(), expiry.best->legs.end()), legs_of(search));
  }
  EXPECT_GT(condors, 3U);
}

TEST(ChainRefresh, RefusesAStreamThatIsCutShortOrNamesNoContract) {
  Desk desk;
  desk.market.list(Series{.expiry = kToday + std::chrono::days{30}});
  const MarketView view = desk.market.view();
  ChainRefresh refresh{view, desk.market.master, "SPXW"_sym};
  auto stream = stream_of(desk.market.chain);
  EXPECT_EQ(refresh.take(stream), desk.market.chain.size());
  EXPECT_EQ(refresh.take({}), 0U);
  stream.pop_back();
  EXPECT_EQ(refresh.take(stream), std::unexpected{QuoteStreamError::kCutShort});
  stream[3] = std::byte{0x7f};
  EXPECT_EQ(refresh.take(stream), std::unexpected{QuoteStreamError::kUnknownContract});
}

}  // namespace
}  // namespace v6
