#include "model/event.hpp"

#include <gtest/gtest.h>

#include "base/codec.hpp"
#include "model/command.hpp"

namespace v6 {
namespace {

TEST(Codec, GivesBackEveryKindOfEvent) {
  auto chain = std::make_shared<Chain>();
  chain->contract = {7};
  chain->bid = {10'000};
  chain->ask = {11'000};
  chain->broker_iv.push_back(0.15);
  const Event event{.sequence = 3,
                    .at = Instant{std::chrono::seconds{5}},
                    .body = ChainSnapshotTaken{.spot = Price::cents(292'000), .chain = chain}};
  const Bytes bytes = encoded(event);
  EXPECT_EQ(encoded(decoded<Event>(bytes)), bytes);
  EXPECT_THROW((void)decoded<Event>(std::span{bytes}.first(bytes.size() - 1)), DecodeError);
}

TEST(Codec, ReadsASubmittedOrderAsATicketOnly) {
  static_assert(!std::is_default_constructible_v<ApprovedOrder>);
  static_assert(!std::is_constructible_v<ApprovedOrder, OrderTicket>);
  static_assert(!std::is_copy_constructible_v<SendPermit>);
  JournalledCommand command{SubmittedOrder{.order = {.quantity = Contracts{2}}}};
  EXPECT_EQ(encoded(decoded<JournalledCommand>(encoded(command))), encoded(command));
}

}  // namespace
}  // namespace v6
