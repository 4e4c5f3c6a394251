#include "sim/replay_market.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/error.hpp"
#include "sim/exchange.hpp"
#include "sim/zip_file.hpp"

namespace v6 {
namespace {

using namespace literals;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const std::filesystem::path kMinutes = std::string{V6_DATA} + "/lean-minute";

MarketHistory history() {
  MarketHistory facts;
  facts.calendar.holidays_source = {
      .name = "test", .first = date(2014, 1, 1), .last = date(2018, 12, 31)};
  facts.calendar.holidays = {{date(2015, 12, 24), hours{13}}, {date(2015, 12, 25), {}}};
  return facts;
}

Instant new_york(Date day, int hour, int minute = 0) {
  return new_york_instant(day, hours{hour} + minutes{minute});
}

std::unique_ptr<SessionMarket> goog() {
  return make_session_market({.chains = kMinutes / "goog", .underlying = "GOOG"_sym}, history());
}

const Listing& call(const SessionMarket& market, int strike, Date expiry) {
  const Listing* found =
      market.find(con_id_of("GOOG"_sym, expiry, Price::cents(100) * strike, OptionRight::kCall));
  EXPECT_NE(found, nullptr);
  return *found;
}

/// By hand: the lines of 20151224_goog_minute_quote_american_call_10000000_20151224.csv.
TEST(ReplayMarket, ABarIsKnownOnceItsMinuteIsOver) {
  const auto market = goog();
  EXPECT_EQ(market->instant(), new_york(date(2015, 12, 24), 9, 20));
  EXPECT_EQ(market->listed().size(), 2'193u);
  const Listing& option = call(*market, 1000, date(2015, 12, 24));
  EXPECT_FALSE(market->quote(option).ask);
  // "34200000,,,,,0,21500,21500,5000,5000,19", "34260000,,,,,0,5000,5000,5000,5000,16"
  market->advance(new_york(date(2015, 12, 24), 9, 30) + seconds{59});
  EXPECT_FALSE(market->quote(option).ask);
  market->advance(new_york(date(2015, 12, 24), 9, 31));
  const MarketQuote quote = market->quote(option);
  EXPECT_EQ(quote.ask, Price::cents(50));
  EXPECT_EQ(quote.ask_size, 19);
  EXPECT_FALSE(quote.bid);
  market->advance(new_york(date(2015, 12, 24), 9, 32));
  EXPECT_EQ(market->quote(option).ask_size, 16);
  // "34260000,7487300,..." is the stock's second minute.
  EXPECT_GT(market->spot(), Price::cents(74'000));
}

TEST(ReplayMarket, QuotesCarryModels) {
  const auto market = goog();
  market->advance(new_york(date(2015, 12, 24), 11));
  const MarketQuote quote = market->quote(call(*market, 750, date(2016, 1, 15)));
  ASSERT_TRUE(quote.two_sided());
  ASSERT_TRUE(quote.model);
  EXPECT_NEAR(quote.model->iv, 0.2, 0.1);
  EXPECT_NEAR(quote.model->delta, 0.5, 0.15);
  EXPECT_GT(quote.open_interest, 0);
}

TEST(ReplayMarket, TheSessionEndsEarlyAndItsOptionsAreDelivered) {
  const auto market = goog();
  const Listing& option = call(*market, 700, date(2015, 12, 24));
  Exchange exchange{{}, *market};
  const Moment morning{.session = new_york(date(2015, 12, 24), 10)};
  exchange.place({.client_id = 1,
                  .order_id = 1,
                  .con_id = option.con_id,
                  .quantity = 1,
                  .limit = Price::cents(60'00)},
                 morning);
  ASSERT_EQ(exchange.positions().size(), 1u);
  exchange.advance({.session = new_york(date(2015, 12, 24), 13)});
  EXPECT_FALSE(market->is_open(option));
  ASSERT_EQ(exchange.positions().size(), 1u);
  EXPECT_EQ(exchange.positions().front().con_id, market->underlying().con_id);
  EXPECT_EQ(exchange.positions().front().quantity, 100);
}

TEST(ReplayMarket, EveryOptionReads) {
  const auto market =
      make_session_market({.chains = kMinutes / "twx", .underlying = "TWX"_sym}, history());
  market->advance(new_york(date(2014, 6, 5), 15));
  std::size_t quoted = 0;
  for (const Listing* listing : market->listed()) {
    const MarketQuote quote = market->quote(*listing);
    quoted += listing->is_option() && quote.two_sided();
    if (quote.two_sided()) { EXPECT_LE(*quote.bid, *quote.ask); }
  }
  // Counted in the files: 15:00, last lines with both sides.
  EXPECT_EQ(quoted, 75u);
}

TEST(ReplayMarket, SaysWhatItCannotReplay) {
  EXPECT_THROW(static_cast<void>(
                   make_replay_market({.chains = kMinutes, .underlying = "GOOG"_sym}, history())),
               Failure);
  EXPECT_THROW(static_cast<void>(make_replay_market(
                   {.chains = kMinutes / "goog", .underlying = "SPX"_sym}, history())),
               Failure);
  EXPECT_THROW(static_cast<void>(make_replay_market({.chains = kMinutes / "goog",
                                                     .underlying = "GOOG"_sym,
                                                     .start = new_york(date(2015, 12, 28), 10)},
                                                    history())),
               Failure);
}

TEST(ZipFile, DamageIsSeen) {
  const auto source = kMinutes / "twx" / "20140605_trade_american.zip";
  std::ifstream in{source, std::ios::binary};
  const std::string whole{std::istreambuf_iterator<char>{in}, {}};
  const auto path =
      std::filesystem::temp_directory_path() / ("v6-zip-" + std::to_string(::getpid()) + ".zip");
  const auto reads = [&](const std::string& bytes) {
    std::ofstream{path, std::ios::binary} << bytes;
    const ZipFile zip{path};
    for (const ZipFile::Member& member : zip.members()) { static_cast<void>(zip.text(member)); }
  };
  EXPECT_NO_THROW(reads(whole));
  EXPECT_THROW(reads(whole.substr(0, whole.size() / 2)), Failure);
  EXPECT_THROW(reads("no zip"), Failure);
  std::string changed = whole;
  changed[90] = static_cast<char>(changed[90] ^ 1);
  EXPECT_THROW(reads(changed), Failure);
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace v6
