#include <gtest/gtest.h>

#include <sys/syscall.h>
#include <unistd.h>

#include <functional>

#include "base/folder_test_kit.hpp"
#include "runtime/stage_test_kit.hpp"

/// A process killed at any write of journal or socket leaves on disk what it wrote before, and has
/// told the gateway what it sent before. Here it dies just before and just after each of them.
namespace v6 {
namespace {

/// Counts the moments at which the process can die, and is dead from the chosen one on.
struct Deaths {
  std::function<void()> moment = [] {};
};
Deaths deaths;

/// Sends nothing for a process that is dead.
class MortalWire final : public Wire {
 public:
  explicit MortalWire(const bool& dead) : dead_{dead} {}
  void open() override {}
  void close() override {}
  void to_gateway(std::string_view bytes, const Sink& sink) override {
    deaths.moment();
    if (!dead_) { sink(bytes); }
    deaths.moment();
  }
  void to_client(std::string_view bytes, const Sink& sink) override { sink(bytes); }

 private:
  const bool& dead_;
};

/// The morning of two orders, lived up to 10:20.
class Morning {
 public:
  static constexpr std::uint64_t kTwoOrders = 5;

  /// Dies at this moment, counted from 1; 0: never.
  explicit Morning(std::size_t die_at) : die_at_{die_at} {
    StageSettings settings = a_day("2019-04-25", kTwoOrders);
    settings.start = std::chrono::hours{9} + std::chrono::minutes{55};
    stage_.emplace(std::move(settings), reference(), home_ / "state",
                   std::make_unique<MortalWire>(dead_));
    deaths.moment = [this] { pass_moment(); };
  }
  Morning(const Morning&) = delete;
  Morning& operator=(const Morning&) = delete;
  ~Morning() {
    deaths.moment = [] {};
  }

  void live() {
    const Instant end = new_york_instant(stage_->first(), std::chrono::minutes{10 * 60 + 20});
    while (stage_->at() < end) {
      stage_->step();
      if (dead_) { rise(); }
      if (woke_ && stage_->bot().state().link.state == LinkState::kReady) { woke_.reset(); }
      ASSERT_FALSE(woke_ && stage_->at() - *woke_ > std::chrono::seconds{30})
          << "not reconciled within 30 s: " << stage_->bot().state().link.why;
    }
  }
  [[nodiscard]] Stage& stage() { return *stage_; }
  /// The moments around the lives of orders.
  [[nodiscard]] const std::vector<std::size_t>& eventful() const { return eventful_; }
  [[nodiscard]] std::size_t deaths_died() const { return died_; }

 private:
  void pass_moment() {
    if (dead_ || died_ > 0) { return; }
    ++moment_;
    const auto& orders = stage_->bot().state().orders;
    const bool busy =
        std::ranges::any_of(orders, [](const auto& entry) { return entry.second.live(); });
    if (busy) { eventful_.push_back(moment_); }
    if (moment_ != die_at_) { return; }
    stage_->copy_state(image_);
    dead_ = true;
  }
  void rise() {
    stage_->restart(image_);
    dead_ = false;
    ++died_;
    woke_ = stage_->at();
  }

  test::Folder home_;
  std::filesystem::path image_ = home_ / "image";
  std::size_t die_at_;
  std::size_t moment_ = 0;
  bool dead_ = false;
  std::size_t died_ = 0;
  std::optional<Instant> woke_;
  std::vector<std::size_t> eventful_;
  std::optional<Stage> stage_;
};

}  // namespace
}  // namespace v6

extern "C" int fdatasync(int file) {
  v6::deaths.moment();
  const auto result = static_cast<int>(syscall(SYS_fdatasync, file));
  v6::deaths.moment();
  return result;
}

namespace v6 {
namespace {

// covers: I-02, I-03, I-04, I-21, F-94
TEST(Deaths, AtEachWriteAroundAnOrderDoubleNothingAndLoseNothing) {
  Morning undisturbed{0};
  undisturbed.live();
  const std::vector<std::size_t> moments = undisturbed.eventful();
  ASSERT_GT(moments.size(), 20U);
  ASSERT_EQ(undisturbed.stage().exchange().completed_orders().size(), 2U);

  const std::size_t stride = soaking() ? 1 : std::max<std::size_t>(moments.size() / 8, 1);
  for (std::size_t place = 0; place < moments.size(); place += stride) {
    SCOPED_TRACE(testing::Message() << "dead at moment " << moments[place]);
    Morning morning{moments[place]};
    morning.live();
    ASSERT_EQ(morning.deaths_died(), 1U);
    Stage& stage = morning.stage();
    EXPECT_EQ(in_our_books(stage.bot().state()), at_the_broker(stage));
    EXPECT_EQ(stage.bot().state().cash, stage.exchange().figures().cash);
    expect_no_order_twice(stage);
    if (HasFailure()) { return; }
  }
}

}  // namespace
}  // namespace v6
