#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <utility>

#include "engine/step.hpp"
#include "report/run_record.hpp"
#include "runtime/recorder.hpp"
#include "sim/simulated_broker.hpp"

namespace v6 {

/// One core with its simulated market: events in the order of time and arrival, commands obeyed,
/// all of it written down. Several lanes fed alike differ in their fill model only.
class Lane {
 public:
  enum class Quotes : std::uint8_t {
    kOfTheMarket,  // a request is answered from the market that is shown
    kFed,          // the answers are fed like all else
  };
  /// `recorder` may be null: then nothing is journalled.
  Lane(const std::shared_ptr<const Given>& given, std::uint64_t seed, Recorder* recorder,
       Quotes quotes = Quotes::kOfTheMarket);

  /// Tells the core, then everything that follows from it, until nothing is left to happen.
  void feed(Instant at, EventBody body);
  /// Tells the core what happened next: what follows from earlier events comes before it when it
  /// is due before, and after it when it is due later.
  void feed_in_time(Instant at, EventBody body);
  /// The market the next events are about.
  void show(Instant at, Price spot, const std::shared_ptr<const Chain>& chain, QuoteKind kind) {
    broker_.show(at, spot, chain, state_.master, kind);
  }
  void checkpoint(Instant at);

  [[nodiscard]] const State& state() const { return state_; }
  [[nodiscard]] const RunRecord& record() const { return record_; }
  [[nodiscard]] std::uint64_t events() const { return sequence_; }
  [[nodiscard]] std::uint64_t commands() const { return commands_; }

 private:
  void post(Instant at, EventBody body, TimerTurn turn = TimerTurn::kInOrder);
  void run_until(Instant until);
  void obey(Instant at, Command command);

  State state_;
  SimulatedBroker broker_;
  Recorder* recorder_;
  Quotes quotes_;
  RunRecord record_;
  struct Place {
    Instant at;
    TimerTurn turn;
    std::uint64_t posted;
    friend auto operator<=>(const Place&, const Place&) = default;
  };
  std::map<Place, EventBody> queue_;
  std::uint64_t posted_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t commands_ = 0;
};

}  // namespace v6
