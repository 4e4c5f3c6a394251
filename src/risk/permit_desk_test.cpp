#include "risk/permit_desk.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/enum_text.hpp"
#include "risk/risk_test_kit.hpp"

namespace v6 {
namespace {

using std::chrono::seconds;
using test::Desk;
using test::kMorning;

// Only the gate makes an approval, only the desk a permit, and a permit is used once.
static_assert(!std::is_aggregate_v<ApprovedOrder>);
static_assert(!std::is_default_constructible_v<ApprovedOrder>);
static_assert(!std::is_constructible_v<ApprovedOrder, OrderTicket>);
static_assert(!std::is_convertible_v<OrderTicket, ApprovedOrder>);
static_assert(!std::is_aggregate_v<SendPermit>);
static_assert(!std::is_default_constructible_v<SendPermit>);
static_assert(!std::is_constructible_v<SendPermit, ApprovedOrder>);
static_assert(!std::is_constructible_v<SendPermit, OrderTicket>);
static_assert(!std::is_copy_constructible_v<SendPermit>);
static_assert(!std::is_copy_assignable_v<SendPermit>);
static_assert(std::is_nothrow_move_constructible_v<SendPermit>);
// Tickets are what the gate handed on: nobody edits one inside an approval.
static_assert(
    std::is_same_v<decltype(std::declval<ApprovedOrder&>().ticket()), const OrderTicket&>);
static_assert(std::is_same_v<decltype(std::declval<SendPermit&>().ticket()), const OrderTicket&>);

constexpr Duration kMostAge = seconds{10};

/// An approved order of this purpose and mode, decided at kMorning. No opening is ever approved in
/// dry run.
std::optional<ApprovedOrder> approved(Purpose purpose, Mode mode) {
  Desk desk = test::put_spread_desk();
  desk.ticket.mode = desk.day.mode = mode;
  if (!opens(purpose)) { desk.hold_and_close(1, 1); }
  desk.ticket.purpose = purpose;
  auto answer = desk.approve();
  if (!answer) { return std::nullopt; }
  return *answer;
}

struct Latched {
  std::string_view name;
  bool set;
};
struct Age {
  std::string_view name;
  Duration age;
  bool young;
};

// covers: I-01, I-17, I-20, I-39
TEST(PermitDesk, JudgesModeLatchAndAgeForEveryPurpose) {
  const Latched latches[] = {{"free", false}, {"latched", true}};
  const Age ages[] = {{"at once", Duration{}, true},
                      {"just in time", kMostAge, true},
                      {"too old", kMostAge + test::kTiny, false},
                      {"from the future", -test::kTiny, false}};
  int permits = 0;
  for (const auto& [purpose, purpose_word] : words<Purpose>()) {
    for (const auto& [ticket_mode, ticket_word] : words<Mode>()) {
      const auto order = approved(purpose, ticket_mode);
      EXPECT_EQ(order.has_value(), ticket_mode != Mode::kDryRun || !opens(purpose));
      if (!order) { continue; }
      for (const auto& [mode, mode_word] : words<Mode>()) {
        for (const Latched& latch : latches) {
          for (const Age& age : ages) {
            SCOPED_TRACE(fmt::format("{} approved for {} in {}, {}, {}", purpose_word, ticket_word,
                                     mode_word, latch.name, age.name));
            const auto permit = PermitDesk::permit(*order, {.now = kMorning + age.age,
                                                            .mode = mode,
                                                            .latched = latch.set,
                                                            .most_age = kMostAge});
            const bool may_send = mode != Mode::kDryRun && mode == ticket_mode;
            const bool may_open = !latch.set && age.young;
            EXPECT_EQ(permit.has_value(), may_send && (!opens(purpose) || may_open));
            if (permit) {
              ++permits;
              EXPECT_EQ(encoded(permit->ticket()), encoded(order->ticket()));
            } else {
              EXPECT_NE(permit.error(), "");
            }
          }
        }
      }
    }
  }
  // Three modes: two purposes that open, free, at two ages; three that close, however it is.
  EXPECT_EQ(permits, 3 * (2 * 1 * 2 + 3 * 2 * 4));
}

// covers: I-01, I-20, I-39
TEST(PermitDesk, RefusesWhereNothingIsKnown) {
  const auto order = approved(Purpose::kOpen, Mode::kLive);
  ASSERT_TRUE(order.has_value());
  EXPECT_FALSE(PermitDesk::permit(*order, {}).has_value());
  EXPECT_FALSE(PermitDesk::permit(*order, {.now = kMorning, .mode = Mode::kLive}).has_value())
      << "latched unless said otherwise";
  EXPECT_FALSE(PermitDesk::permit(
                   *order, {.now = kMorning + seconds{1}, .mode = Mode::kLive, .latched = false})
                   .has_value())
      << "no age is allowed unless one is given";
}

TEST(PermitDesk, SaysWhyNot) {
  const auto why = [](const SendConditions& conditions) {
    return PermitDesk::permit(approved(Purpose::kOpen, Mode::kLive).value(), conditions).error();
  };
  EXPECT_EQ(why({.mode = Mode::kDryRun}), "dry run sends nothing");
  EXPECT_EQ(why({.mode = Mode::kPaper}), "approved for live, running in paper");
  EXPECT_EQ(why({.mode = Mode::kLive, .latched = true}), "a latch was set after approval");
  EXPECT_EQ(why({.now = kMorning + seconds{11},
                 .mode = Mode::kLive,
                 .latched = false,
                 .most_age = kMostAge}),
            "decided 11 s ago, at most 10 s allowed");
}

}  // namespace
}  // namespace v6
