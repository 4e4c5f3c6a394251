#include "risk/breaker.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "base/codec.hpp"
#include "risk/risk_test_kit.hpp"

namespace v6 {
namespace {

using enum BreakerState;
using std::chrono::seconds;
using test::kMorning;
using test::kTiny;

constexpr BreakerSettings kDefaults;

Instant second(int count) { return kMorning + seconds{count}; }

/// Failures a second apart, the first at `from`. The state they leave.
CircuitBreaker after_failures(int count, Mode mode = Mode::kLive, int from = 0) {
  CircuitBreaker breaker;
  for (int i = 0; i < count; ++i) { breaker.on_failure(second(from + i), kDefaults, mode); }
  return breaker;
}

CircuitBreaker half_open() {
  CircuitBreaker breaker = after_failures(5);
  EXPECT_TRUE(breaker.on_time(second(4 + 300), kDefaults));
  return breaker;
}

// covers: I-23, A-32
TEST(Breaker, OpensAtFiveFailuresInAMinuteAndAtThreeInPaper) {
  struct Case {
    Mode mode;
    int failures;
    BreakerState state;
  };
  const Case cases[] = {{Mode::kLive, 4, kClosed},      {Mode::kLive, 5, kOpen},
                        {Mode::kSimulated, 4, kClosed}, {Mode::kSimulated, 5, kOpen},
                        {Mode::kPaper, 2, kClosed},     {Mode::kPaper, 3, kOpen}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.failures);
    const CircuitBreaker breaker = after_failures(c.failures, c.mode);
    EXPECT_EQ(breaker.state, c.state);
    EXPECT_EQ(breaker.blocks().has_value(), c.state == kOpen);
  }
}

//
TEST(Breaker, TripsWithinTheEventAndSaysSoOnce) {
  CircuitBreaker breaker = after_failures(4);
  EXPECT_TRUE(breaker.on_failure(second(4), kDefaults, Mode::kLive));
  EXPECT_FALSE(breaker.on_failure(second(5), kDefaults, Mode::kLive));
  EXPECT_EQ(breaker.blocks(), "circuit breaker open since 2024-05-01T15:00:04Z after 6 failures");
}

//
TEST(Breaker, ForgetsFailuresOlderThanItsWindow) {
  for (const auto& [fifth, state] : {std::pair{second(60), kOpen}, {second(60) + kTiny, kClosed}}) {
    CircuitBreaker breaker = after_failures(4);
    breaker.on_failure(fifth, kDefaults, Mode::kLive);
    EXPECT_EQ(breaker.state, state);
  }
}

TEST(Breaker, IsNotMendedByASuccessWhileClosed) {
  CircuitBreaker breaker = after_failures(4);
  EXPECT_FALSE(breaker.on_success(kDefaults));
  EXPECT_TRUE(breaker.on_failure(second(10), kDefaults, Mode::kLive));
}

//
TEST(Breaker, StaysOpenForFiveMinutes) {
  CircuitBreaker breaker = after_failures(5);
  EXPECT_FALSE(breaker.on_success(kDefaults)) << "a late fill does not close it";
  EXPECT_FALSE(breaker.on_time(second(4 + 300) - kTiny, kDefaults));
  EXPECT_TRUE(breaker.blocks().has_value());
  EXPECT_TRUE(breaker.on_time(second(4 + 300), kDefaults));
  EXPECT_EQ(breaker.state, kHalfOpen);
  EXPECT_FALSE(breaker.on_time(second(4 + 301), kDefaults));
}

//
TEST(Breaker, LetsOneProbeThroughAtATimeWhileHalfOpen) {
  CircuitBreaker breaker = half_open();
  EXPECT_FALSE(breaker.blocks().has_value());
  breaker.on_probe();
  EXPECT_EQ(breaker.blocks(), "circuit breaker half open, its probe is still out");
  EXPECT_FALSE(breaker.on_success(kDefaults));
  EXPECT_FALSE(breaker.blocks().has_value()) << "the next one";
  CircuitBreaker closed;
  closed.on_probe();
  EXPECT_FALSE(closed.blocks().has_value()) << "an order while closed is no probe";
}

//
TEST(Breaker, ClosesAfterThreeSuccessesInARow) {
  CircuitBreaker breaker = half_open();
  EXPECT_FALSE(breaker.on_success(kDefaults));
  EXPECT_FALSE(breaker.on_success(kDefaults));
  EXPECT_TRUE(breaker.on_success(kDefaults));
  EXPECT_EQ(breaker.state, kClosed);
  EXPECT_TRUE(breaker.failures.empty()) << "what opened it is not counted again";
}

//
TEST(Breaker, ReopensAtAnyFailureWhileHalfOpen) {
  CircuitBreaker breaker = half_open();
  breaker.on_probe();
  (void)breaker.on_success(kDefaults);
  (void)breaker.on_success(kDefaults);
  const Instant again = second(400);
  EXPECT_TRUE(breaker.on_failure(again, kDefaults, Mode::kLive));
  EXPECT_EQ(breaker.state, kOpen);
  EXPECT_FALSE(breaker.on_time(again + seconds{300} - kTiny, kDefaults)) << "five minutes anew";
  EXPECT_TRUE(breaker.on_time(again + seconds{300}, kDefaults));
  EXPECT_FALSE(breaker.on_success(kDefaults));
  EXPECT_FALSE(breaker.on_success(kDefaults)) << "and three successes anew";
  EXPECT_TRUE(breaker.on_success(kDefaults));
}

TEST(Breaker, BlocksInAStateThatDoesNotExist) {
  CircuitBreaker breaker;
  breaker.state = static_cast<BreakerState>(99);
  EXPECT_TRUE(breaker.blocks().has_value());
}

/// The same rules by replaying the whole past at each question.
class Model {
 public:
  void fail(Instant at, int limit) {
    successes_ = 0;
    probe_out_ = false;
    failures_.push_back(at);
    const auto recent =
        std::ranges::count_if(failures_, [&](Instant past) { return past >= at - seconds{60}; });
    if (half_open_ || (!opened_ && recent >= limit)) {
      opened_ = at;
      half_open_ = false;
    }
  }
  void succeed() {
    probe_out_ = false;
    if (!half_open_ || ++successes_ < 3) { return; }
    half_open_ = false;
    opened_.reset();
    failures_.clear();
    successes_ = 0;
  }
  void tick(Instant at) {
    if (!opened_ || half_open_ || at < *opened_ + seconds{300}) { return; }
    half_open_ = true;
    successes_ = 0;
  }
  void probe() { probe_out_ = half_open_; }
  [[nodiscard]] bool blocks() const { return opened_ && (!half_open_ || probe_out_); }

 private:
  std::vector<Instant> failures_;
  std::optional<Instant> opened_;
  bool half_open_ = false;
  bool probe_out_ = false;
  int successes_ = 0;
};

// covers: I-23, A-32
TEST(Breaker, FollowsItsRulesThroughAnyHistoryAndAcrossRestarts) {
  EXPECT_TRUE(rc::check([] {
    const Mode mode = *rc::gen::element(Mode::kLive, Mode::kPaper);
    CircuitBreaker breaker;
    Model model;
    Instant now = kMorning;
    const int steps = *rc::gen::inRange(0, 60);
    for (int i = 0; i < steps; ++i) {
      now += seconds{*rc::gen::element(0, 1, 7, 30, 60, 299, 300)};
      switch (*rc::gen::inRange(0, 6)) {
        case 0:
        case 1:
        case 2:
          breaker.on_failure(now, kDefaults, mode);
          model.fail(now, mode == Mode::kPaper ? 3 : 5);
          break;
        case 3:
          breaker.on_success(kDefaults);
          model.succeed();
          break;
        case 4:
          breaker.on_time(now, kDefaults);
          model.tick(now);
          break;
        default:
          if (breaker.blocks()) { break; }
          breaker.on_probe();
          model.probe();
      }
      if (*rc::gen::inRange(0, 4) == 0) { breaker = decoded<CircuitBreaker>(encoded(breaker)); }
      RC_ASSERT(breaker.blocks().has_value() == model.blocks());
    }
  }));
}

}  // namespace
}  // namespace v6
