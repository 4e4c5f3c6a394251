#pragma once

#include <map>
#include <optional>
#include <vector>

#include "ibkr/discovery.hpp"

namespace v6::ibkr {

/// Official closes of underlyings and indices: the whole past at start, then yesterday's every day.
class History {
 public:
  History(Context& context, const Discovery& discovery)
      : c_{&context}, discovery_{&discovery}, through_{context.settings.levels_through} {}

  void restart();
  void pump();
  void on(const HistoricalData& data);
  void failed(const Wait& wait);
  [[nodiscard]] std::optional<Instant> next() const;

 private:
  enum class Step : std::uint8_t { kNotAsked, kAsked, kAnswered, kGivenUp };
  struct Series {
    Step step = Step::kNotAsked;
    int tries = 0;
    Instant not_before;
    std::map<Date, double> closes;
  };
  void publish();

  Context* c_;
  const Discovery* discovery_;
  std::optional<Date> through_;  // told up to this day
  std::optional<Date> done_;     // on which it was asked and told
  std::map<std::size_t, Series> series_;
};

}  // namespace v6::ibkr
