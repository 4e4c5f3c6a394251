#include "orders/order.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <string>

#include "base/enum_text.hpp"

namespace v6 {
namespace {

using enum OrderStatus;
using Signal = OrderSignal;

constexpr Signal kSignals[] = {Signal::kAcknowledged, Signal::kCancelRequested,
                               Signal::kCancelled,    Signal::kRejected,
                               Signal::kUnknown,      Signal::kSendRefused};

Order order_for(int quantity, OrderStatus status = kSending) {
  Order order{.status = status};
  order.ticket.quantity = Contracts{quantity};
  return order;
}

OrderFilled execution(std::string root, std::uint32_t revision, int quantity) {
  return {.execution = {std::move(root), revision}, .quantity = Contracts{quantity}};
}

TEST(OrderStatus, AfterEverySignal) {
  struct Row {
    OrderStatus before;
    // acknowledged, cancel requested, cancelled, rejected, unknown, send refused
    OrderStatus after[std::size(kSignals)];
  };
  const Row rows[] = {
      {kSending, {kWorking, kCancelling, kCancelled, kRejected, kUnknown, kNotSent}},
      {kWorking, {kWorking, kCancelling, kCancelled, kRejected, kUnknown, kWorking}},
      {kPartiallyFilled,
       {kPartiallyFilled, kCancelling, kCancelled, kRejected, kUnknown, kPartiallyFilled}},
      {kCancelling, {kCancelling, kCancelling, kCancelled, kRejected, kUnknown, kNotSent}},
      {kUnknown, {kWorking, kUnknown, kCancelled, kRejected, kUnknown, kUnknown}},
      {kFilled, {kFilled, kFilled, kFilled, kFilled, kFilled, kFilled}},
      {kCancelled, {kCancelled, kCancelled, kCancelled, kCancelled, kCancelled, kCancelled}},
      {kRejected, {kRejected, kRejected, kRejected, kRejected, kRejected, kRejected}},
      {kNotSent, {kNotSent, kNotSent, kNotSent, kNotSent, kNotSent, kNotSent}},
  };
  ASSERT_EQ(std::size(rows), words<OrderStatus>().size());
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < std::size(kSignals); ++i) {
      SCOPED_TRACE(std::string{word(row.before)} + ", signal " + std::to_string(i));
      EXPECT_EQ(word(after(row.before, kSignals[i])), word(row.after[i]));
    }
  }
}

// covers: I-07, I-09
TEST(OrderStatus, CountsAsLiveUntilTheBrokerHasSaidOtherwise) {
  for (const OrderStatus status : {kSending, kWorking, kPartiallyFilled, kCancelling, kUnknown}) {
    EXPECT_TRUE(is_live(status)) << word(status);
  }
  for (const OrderStatus status : {kFilled, kCancelled, kRejected, kNotSent}) {
    EXPECT_FALSE(is_live(status)) << word(status);
  }
  EXPECT_TRUE(is_live(static_cast<OrderStatus>(99))) << "what is not understood could still fill";
}

TEST(ApplyFill, WalksFromWorkingToFilled) {
  Order order = order_for(3, kWorking);
  FillEffect effect = apply_fill(order, execution("a", 0, 1));
  EXPECT_TRUE(effect.book);
  EXPECT_FALSE(effect.take_back);
  EXPECT_FALSE(effect.overfilled);
  EXPECT_EQ(order.status, kPartiallyFilled);
  EXPECT_EQ(order.leaves(), Contracts{2});
  effect = apply_fill(order, execution("b", 0, 2));
  EXPECT_EQ(order.status, kFilled);
  EXPECT_EQ(order.leaves(), Contracts{});
}

// covers: I-05
TEST(ApplyFill, BooksADuplicateAndALateRevisionNoSecondTime) {
  Order order = order_for(3, kWorking);
  (void)apply_fill(order, execution("a", 1, 2));
  for (const std::uint32_t revision : {1U, 0U}) {
    const FillEffect effect = apply_fill(order, execution("a", revision, 1));
    EXPECT_FALSE(effect.book);
    EXPECT_FALSE(effect.take_back);
  }
  EXPECT_EQ(order.filled, Contracts{2});
}

// covers: I-05
TEST(ApplyFill, ReplacesWhatACorrectionCorrects) {
  Order order = order_for(2, kWorking);
  (void)apply_fill(order, execution("a", 0, 2));
  EXPECT_EQ(order.status, kFilled);
  const FillEffect effect = apply_fill(order, execution("a", 1, 1));
  ASSERT_TRUE(effect.take_back && effect.book);
  EXPECT_EQ(effect.take_back->quantity, Contracts{2});
  EXPECT_EQ(effect.book->quantity, Contracts{1});
  EXPECT_EQ(order.filled, Contracts{1});
  EXPECT_EQ(order.status, kPartiallyFilled);
}

TEST(ApplyFill, WinsOverACancelAndOverSilence) {
  struct Case {
    OrderStatus before;
    int quantity;
    OrderStatus after;
  };
  const Case cases[] = {
      {kSending, 1, kPartiallyFilled}, {kSending, 2, kFilled},
      {kCancelling, 1, kCancelling},  // the rest is still to be cancelled
      {kCancelling, 2, kFilled},       {kUnknown, 1, kPartiallyFilled},
      {kUnknown, 2, kFilled},          {kCancelled, 1, kCancelled},  // the rest is gone
      {kCancelled, 2, kFilled},        {kRejected, 2, kFilled},
      {kNotSent, 2, kFilled},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string{word(c.before)} + ", filled " + std::to_string(c.quantity));
    Order order = order_for(2, c.before);
    EXPECT_TRUE(apply_fill(order, execution("a", 0, c.quantity)).book);
    EXPECT_EQ(word(order.status), word(c.after));
    EXPECT_EQ(order.filled, Contracts{c.quantity});
  }
}

TEST(ApplyFill, SaysWhenTheBrokerFilledMoreThanWasOrdered) {
  Order order = order_for(2, kWorking);
  EXPECT_FALSE(apply_fill(order, execution("a", 0, 2)).overfilled);
  const FillEffect effect = apply_fill(order, execution("b", 0, 1));
  EXPECT_TRUE(effect.book) << "booked as it is";
  EXPECT_TRUE(effect.overfilled);
  EXPECT_EQ(order.leaves(), Contracts{-1});
  EXPECT_FALSE(apply_fill(order, execution("b", 1, 0)).overfilled);
}

/// Executions with their corrections, some of them reported more than once, in any order.
std::vector<OrderFilled> arbitrary_reports() {
  std::vector<OrderFilled> reports;
  const int roots = *rc::gen::inRange(0, 5);
  for (int root = 0; root < roots; ++root) {
    const auto revisions = *rc::gen::inRange<std::uint32_t>(1, 4);
    for (std::uint32_t revision = 0; revision < revisions; ++revision) {
      const OrderFilled report =
          execution("x" + std::to_string(root), revision, *rc::gen::inRange(0, 4));
      reports.insert(reports.end(), *rc::gen::inRange<std::size_t>(1, 3), report);
    }
  }
  for (std::size_t i = 1; i < reports.size(); ++i) {
    std::swap(reports[i], reports[*rc::gen::inRange<std::size_t>(0, i + 1)]);
  }
  return reports;
}

// covers: I-05
TEST(ApplyFill, CountsEachExecutionOnceInItsLatestRevisionWhateverTheOrderOfNews) {
  EXPECT_TRUE(rc::check([] {
    Order order = order_for(*rc::gen::inRange(1, 9));
    std::map<std::string, OrderFilled> latest;
    std::int32_t booked = 0;
    for (const OrderFilled& report : arbitrary_reports()) {
      const int signals = *rc::gen::inRange(0, 3);
      for (int i = 0; i < signals; ++i) {
        const OrderStatus before = order.status;
        order.status = after(
            before, *rc::gen::elementOf(std::vector(std::begin(kSignals), std::end(kSignals))));
        RC_ASSERT(is_live(before) || order.status == before);
      }
      const FillEffect effect = apply_fill(order, report);
      booked += effect.book ? effect.book->quantity.raw() : 0;
      booked -= effect.take_back ? effect.take_back->quantity.raw() : 0;

      OrderFilled& known = latest.try_emplace(report.execution.root, report).first->second;
      if (report.execution.revision > known.execution.revision) { known = report; }
      std::int32_t filled = 0;
      for (const auto& [root, fill] : latest) { filled += fill.quantity.raw(); }

      RC_ASSERT(order.filled == Contracts{filled});
      RC_ASSERT(booked == filled);
      RC_ASSERT(order.executions.size() == latest.size());
      RC_ASSERT((order.status == kFilled) == (order.filled >= order.ticket.quantity));
      if (effect.book) { RC_ASSERT(effect.overfilled == (order.leaves() < Contracts{})); }
    }
  }));
}

}  // namespace
}  // namespace v6
