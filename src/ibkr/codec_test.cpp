#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <limits>

#include "ibkr/frames.hpp"
#include "ibkr/messages_test_kit.hpp"

namespace v6::ibkr {
namespace {

/// The protocol page writes NUL as '~'.
std::string from_page(std::string text) {
  std::ranges::replace(text, '~', '\0');
  return text;
}

template <class M>
std::string payload(const M& message, int version = kNewestVersion) {
  std::string out;
  append_message(out, message, version);
  return out.substr(4);
}

constexpr auto kAsRequest = [](std::string_view text, int version, auto& handler) {
  return read_request(text, version, handler);
};
constexpr auto kAsReply = [](std::string_view text, int version, auto& handler) {
  return read_reply(text, version, handler);
};

template <class M>
std::expected<M, WireError> reply(std::string_view text, int version = kNewestVersion) {
  Heard heard;
  const auto read = read_reply(text, version, heard);
  if (!read) { return std::unexpected{read.error()}; }
  return heard.as<M>().value();
}

PlaceOrder iron_condor() {
  PlaceOrder place{.order_id = 42};
  place.contract = {.symbol = "SPY", .sec_type = "BAG", .exchange = "SMART", .currency = "USD"};
  const auto leg = [](std::int32_t con_id, std::string action) {
    return ComboLeg{.con_id = con_id, .ratio = 1, .action = std::move(action), .exchange = "SMART"};
  };
  place.contract.legs = {leg(700000001, "BUY"), leg(700000002, "SELL"), leg(700000003, "SELL"),
                         leg(700000004, "BUY")};
  place.order.action = "BUY";
  place.order.total_quantity = {1};
  place.order.order_type = "LMT";
  place.order.lmt_price = -1.25;
  place.order.tif = "DAY";
  place.order.account = "DU1234567";
  place.order.order_ref = "ic-42";
  return place;
}

TEST(Codec, WritesTheDocumentedComboOrder) {
  const std::string expected = from_page(
      "3~42~0~SPY~BAG~~0.0~~~SMART~~USD~~~~~BUY~1~LMT~-1.25~~DAY~~DU1234567~~0~ic-42~1~0~0~0~0~0~0~"
      "0~4~700000001~1~BUY~SMART~0~0~~-1~700000002~1~SELL~SMART~0~0~~-1~700000003~1~SELL~SMART~0~0~"
      "~-1~700000004~1~BUY~SMART~0~0~~-1~0~0~~0.0~~~~~~~0~~-1~0~~~0~~~0~0~~0~~~~~~0~~~~~0~~~~~~~~~"
      "~~0~~~0~0~~~0~~0~0~0~0~~~~~~~0~~~~~~~~~0~0~0~~~~0~~~");
  const std::string written = payload(iron_condor());
  EXPECT_EQ(written, expected);
  EXPECT_EQ(written.size(), 0x147U);
  EXPECT_EQ(std::ranges::count(written, '\0'), 149);
}

TEST(Codec, APlainOrderHas114Fields) {
  PlaceOrder place = iron_condor();
  place.contract.sec_type = "OPT";
  EXPECT_EQ(std::ranges::count(payload(place), '\0'), 114);
}

// What a real TWS sends back for a combo, placeholders and all.
TEST(Codec, ReadsTheDocumentedOpenOrder) {
  const auto open = reply<OpenOrder>(from_page(
      "5~42~28812380~SPY~BAG~~0.0~?~~SMART~USD~28812380~COMB~BUY~1~LMT~-1.25~0.0~DAY~~DU1234567~~"
      "0~ic-42~7~600745657~0~0~0~~600745657.0/DU1234567/"
      "1~~~~~~0~~~0~~-1~0~~~~~~2147483647~0~0~0~~3~0~0~~0~0~~0~None~~0~~~~?~0~0~~0~0~~~~~700000001|"
      "1,700000002|-1,700000003|-1,700000004|1~4~700000001~1~BUY~SMART~0~0~~-1~700000002~1~SELL~"
      "SMART~0~0~~-1~700000003~1~SELL~SMART~0~0~~-1~700000004~1~BUY~SMART~0~0~~-1~0~0~2147483647~"
      "2147483647~~~0~~IB~0~0~~0~0~PreSubmitted~1.7976931348623157E308~1.7976931348623157E308~1."
      "7976931348623157E308~1.7976931348623157E308~1.7976931348623157E308~1.7976931348623157E308~1."
      "7976931348623157E308~1.7976931348623157E308~1.7976931348623157E308~~~~~~0~0~0~None~1."
      "7976931348623157E308~1.7976931348623157E308~1.7976931348623157E308~1.7976931348623157E308~1."
      "7976931348623157E308~1.7976931348623157E308~0~~~~0~1~0~0~~~~0~~~~~~"));
  ASSERT_TRUE(open.has_value()) << open.error().text();
  EXPECT_EQ(open->order_id, 42);
  EXPECT_EQ(open->perm_id, 600745657);
  EXPECT_EQ(open->client_id, 7);
  EXPECT_EQ(open->order.lmt_price, -1.25);
  EXPECT_EQ(open->order.order_ref, "ic-42");
  EXPECT_EQ(open->order.display_size, std::nullopt);
  EXPECT_EQ(open->order.delta_neutral_order_type, "None");
  EXPECT_EQ(open->contract.legs.size(), 4U);
  EXPECT_EQ(open->contract.legs[3].con_id, 700000004);
  EXPECT_EQ(open->state.status, "PreSubmitted");
  EXPECT_EQ(open->state.init_margin_change, std::nullopt);
  EXPECT_EQ(open->order.trigger_price, std::nullopt);
  EXPECT_TRUE(open->order.dont_use_auto_price_for_hedge);
}

TEST(Codec, FramesTheDocumentedSession) {
  std::string out;
  append_message(out, StartApi{.client_id = 7}, kNewestVersion);
  EXPECT_EQ(out, std::string("\0\0\0\x08"
                             "71\0"
                             "2\0"
                             "7\0"
                             "\0",
                             12));
  out.clear();
  append_message(out,
                 Error{.id = 42,
                       .code = 201,
                       .text = "Order rejected - reason:Riskless combination orders are not "
                               "allowed."},
                 kNewestVersion);
  EXPECT_EQ(out.substr(0, 4), std::string("\0\0\0\x51", 4));
  EXPECT_EQ(opening_of({.least = 157, .most = 178}), std::string("API\0\0\0\0\x09v157..178", 17));
  out.clear();
  append_hello(out, {.version = 178, .time = "20260105 09:31:07 US/Eastern"});
  EXPECT_EQ(out, std::string("\0\0\0\x21", 4) + from_page("178~20260105 09:31:07 US/Eastern~"));
}

TEST(Handshake, OffersOfEveryClientAreRead) {
  struct Case {
    std::string text;
    std::optional<std::pair<int, int>> range;
  };
  const Case cases[] = {
      {"v157..178", std::pair{157, 178}},
      {"v100..187 +PACEAPI", std::pair{100, 187}},
      {"v176", std::pair{176, 176}},
      {"v178..157", std::nullopt},
      {"157..178", std::nullopt},
      {"v", std::nullopt},
      {"v157..", std::nullopt},
      {"v1e3..178", std::nullopt},
      {"v157..99999999999999", std::nullopt},
      {"", std::nullopt},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const auto offer = parse_offer(c.text);
    ASSERT_EQ(offer.has_value(), c.range.has_value());
    if (offer) { EXPECT_EQ(std::pair(offer->least, offer->most), *c.range); }
  }
}

TEST(Handshake, AnAnswerHasExactlyTwoFields) {
  EXPECT_EQ(parse_hello(from_page("178~20260105 09:31:07 US/Eastern~"))->version, 178);
  for (const char* const wrong : {"178~", "178", "~x~", "abc~x~", "178~x~y~", "178~x", ""}) {
    EXPECT_FALSE(parse_hello(from_page(wrong))) << wrong;
  }
}

/// What is wrong with a random message's way there and back; empty: nothing. A plain function, so
/// that the test framework is not compiled anew for each message.
template <class M>
std::string there_and_back(auto read, int version) {
  RandomFields fields{version};
  const M message = random_message<M>(fields);
  const std::string written = payload(message, version);
  Heard heard;
  const auto note = read(written, version, heard);
  if (!note) { return note.error().text(); }
  const auto back = heard.as<M>();
  const bool same = back && *back == message && payload(*back, version) == written;
  return same && !note->surplus ? "" : std::string{M::kName} + " comes back as another";
}

/// The same for a message cut short at a random place: refused by field, or whole in all that
/// counts.
template <class M>
std::string cut_short(auto read) {
  RandomFields fields{kNewestVersion};
  const std::string written = payload(random_message<M>(fields));
  const auto cut = static_cast<std::size_t>(
      *rc::gen::inRange<std::int64_t>(0, static_cast<std::int64_t>(written.size())));
  Heard heard;
  const auto note = read(std::string_view{written}.substr(0, cut), kNewestVersion, heard);
  if (!note) {
    const bool refused = !heard.message.has_value() && !note.error().text().empty();
    return refused ? "" : std::string{M::kName} + " is refused and handled";
  }
  // Cutting inside a trailing list of fields nobody needs may leave a whole message.
  const bool whole = heard.as<M>() && (written.size() - cut <= 1 || M::kName == "exerciseOptions" ||
                                       M::kName.starts_with("calculate"));
  return whole ? "" : std::string{M::kName} + " is taken for whole";
}

// covers: F-05
RC_GTEST_PROP(Codec, DecodingInvertsEncodingForEveryMessage, ()) {
  const int version = *rc::gen::element(kOldestVersion, kNewestVersion);
  std::string wrong;
  for_each_message<Requests>(
      [&]<class M>(const M&) { wrong += there_and_back<M>(kAsRequest, version); });
  for_each_message<Replies>(
      [&]<class M>(const M&) { wrong += there_and_back<M>(kAsReply, version); });
  RC_ASSERT(wrong == "");
}

// covers: F-06, F-07
RC_GTEST_PROP(Codec, AMessageCutShortIsRefusedByFieldAndNeverHalfRead, ()) {
  std::string wrong;
  for_each_message<Requests>([&]<class M>(const M&) { wrong += cut_short<M>(kAsRequest); });
  for_each_message<Replies>([&]<class M>(const M&) { wrong += cut_short<M>(kAsReply); });
  RC_ASSERT(wrong == "");
}

TEST(Codec, SurplusFieldsAreIgnoredAndTold) {
  Heard heard;
  const auto note = read_reply(from_page("9~1~42~extra~"), kNewestVersion, heard);
  ASSERT_TRUE(note.has_value());
  EXPECT_TRUE(note->surplus);
  EXPECT_EQ(heard.as<NextValidId>()->order_id, 42);
}

TEST(Codec, UnknownIdsAreHandedOnWhole) {
  for (const char* const text : {"14~1~x~", "111~", "12~a~b~"}) {
    Heard heard;
    EXPECT_TRUE(read_reply(from_page(text), kNewestVersion, heard).has_value());
    EXPECT_TRUE(heard.as<UnknownMessage>().has_value());
  }
  for (const char* const text : {"", "abc~", "9", "-~", "99999999999~"}) {
    Heard heard;
    const auto note = read_reply(from_page(text), kNewestVersion, heard);
    EXPECT_FALSE(note.has_value()) << text;
  }
}

// covers: F-76
TEST(Codec, PlaceholdersAreAbsentAndNeverNumbers) {
  struct Case {
    std::string text;
    std::optional<double> price;
    bool refused = false;
  };
  const Case cases[] = {
      {"1~6~7~1~3.41~10~0~", 3.41},
      {"1~6~7~1~-1~0~0~", std::nullopt},  // no quote
      {"1~6~7~1~-1~5~0~", -1.0},          // a combo's price
      {"1~6~7~1~-1.25~5~0~", -1.25},
      {"1~6~7~1~~~0~", std::nullopt},
      {"1~6~7~1~1.7976931348623157E308~0~0~", std::nullopt},
      {"1~6~7~1~1.7976931348623157e+308~0~0~", std::nullopt},
      {"1~6~7~1~1.7976931348623159E308~0~0~", std::nullopt},
      {"1~6~7~1~NaN~0~0~", std::nullopt, true},
      {"1~6~7~1~inf~0~0~", std::nullopt, true},
      {"1~6~7~1~3,41~0~0~", std::nullopt, true},
      {"1~6~7~1~0x10~0~0~", std::nullopt, true},
      {"1~6~7~1~ 3~0~0~", std::nullopt, true},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const auto tick = reply<TickPrice>(from_page(c.text));
    ASSERT_EQ(tick.has_value(), !c.refused);
    if (tick) { EXPECT_EQ(tick->price, c.price); }
  }
  const auto greeks = reply<TickOptionComputation>(from_page("21~7~13~0~-1~-2~-1~-1~-2~-2~-2~-1~"));
  ASSERT_TRUE(greeks.has_value());
  EXPECT_EQ(*greeks, (TickOptionComputation{.req_id = 7, .tick_type = 13}));
  const auto pnl = reply<Pnl>(from_page("94~5~1.7976931348623157E308~12.5~~"));
  ASSERT_TRUE(pnl.has_value());
  EXPECT_EQ(*pnl, (Pnl{.req_id = 5, .unrealized_pnl = 12.5}));
  const auto completed = reply<TickSize>(from_page("2~6~7~0~9223372036854775807~"));
  ASSERT_TRUE(completed.has_value());
  EXPECT_EQ(completed->size, std::nullopt);
}

// A placeholder where a fact is needed is no fact.
TEST(Codec, AnExecutionWithoutAPriceIsRefused) {
  const std::string head =
      "11~-1~42~700000001~SPY~OPT~20260116~560~C~100~SMART~USD~x~SPY~0000e0d5"
      ".67890abc.01.01~20260105 09:31:07 US/Eastern~DU1234567~CBOE~BOT~1~";
  const std::string tail = "~600745657~7~0~1~3.41~ic-42~~~~2~0~";
  EXPECT_TRUE(reply<ExecDetails>(from_page(head + "3.41" + tail)).has_value());
  const auto read = reply<ExecDetails>(from_page(head + "1.7976931348623157E308" + tail));
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().text(),
            "execDetails: price = \"1.7976931348623157E308\" is a placeholder where a number is "
            "needed");
}

TEST(Codec, OtherWritersUnsetsAreAccepted) {
  // What IB's own client and a TypeScript one send for fields that nobody set.
  Heard heard;
  ASSERT_TRUE(
      read_request(from_page("9~8~1~~SPX~IND~~~~~CBOE~~USD~~~~~~~"), kNewestVersion, heard));
  const auto details = heard.as<ReqContractDetails>();
  EXPECT_EQ(details->contract.con_id, 0);
  EXPECT_EQ(details->contract.strike, 0.0);
  EXPECT_FALSE(details->include_expired);
  ASSERT_TRUE(read_request(
      from_page("1~11~1~2147483647~SPX~IND~~1.7976931348623157e+308~~~CBOE~~USD~~~0~~~~~"),
      kNewestVersion, heard));
}

TEST(Frames, EveryCutOfAStreamGivesTheSameMessages) {
  std::string stream;
  append_message(stream, NextValidId{.order_id = 42}, kNewestVersion);
  append_message(stream, ManagedAccounts{.accounts_list = "DU1234567"}, kNewestVersion);
  stream.append(4, '\0');  // an empty frame
  append_message(stream, CurrentTime{.time = 1'767'000'000}, kNewestVersion);
  const auto all = [&](std::size_t cut, std::size_t piece) {
    FrameReader frames;
    std::vector<std::string> payloads;
    const auto drain = [&] {
      while (true) {
        const auto next = frames.next();
        if (!next || !*next) { return next.has_value(); }
        payloads.emplace_back(**next);
      }
    };
    frames.push(std::string_view{stream}.substr(0, cut));
    EXPECT_TRUE(drain());
    for (std::size_t at = cut; at < stream.size(); at += piece) {
      frames.push(std::string_view{stream}.substr(at, piece));
      EXPECT_TRUE(drain());
    }
    EXPECT_EQ(frames.waiting(), 0U);
    return payloads;
  };
  const auto whole = all(stream.size(), 1);
  ASSERT_EQ(whole.size(), 4U);
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    for (const std::size_t piece : {1U, 3U, 1000U}) { EXPECT_EQ(all(cut, piece), whole); }
  }
}

// covers: F-06
TEST(Frames, AnOversizeLengthIsForGood) {
  for (const std::string_view length :
       {std::string_view{"\x01\0\0\0", 4}, std::string_view{"\xff\xff\xff\xff", 4},
        std::string_view{"\x80\0\0\0", 4}}) {
    FrameReader frames;
    frames.push(length);
    EXPECT_FALSE(frames.next().has_value());
  }
  FrameReader frames;
  frames.push(std::string_view{"\0\xff\xff\xff", 4});
  const auto next = frames.next();
  ASSERT_TRUE(next.has_value());
  EXPECT_FALSE(next->has_value());
}

}  // namespace
}  // namespace v6::ibkr
