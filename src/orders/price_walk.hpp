#pragma once

#include <boost/describe.hpp>

#include <optional>
#include <tuple>

#include "base/settings.hpp"
#include "model/order.hpp"

namespace v6 {

/// How orders are priced and, in a backtest, assumed to fill. Live trading always walks.
enum class FillModel : std::uint8_t { kNatural, kWalk, kMid };
BOOST_DESCRIBE_ENUM(FillModel, kNatural, kWalk, kMid)

struct ExecutionSettings {
  double concession_budget = 0.60;
  int seconds_normal = 15;
  int seconds_high = 5;
  int most_steps = 200;

  static constexpr auto fields() {
    using S = ExecutionSettings;
    return std::tuple{
        number("concession_budget", &S::concession_budget, 0, 0.60, "fraction of mid to natural",
               "most an entry may give away"),
        number("seconds_normal", &S::seconds_normal, 1, 600, "seconds", "between price steps"),
        number("seconds_high", &S::seconds_high, 1, 600, "seconds", "between steps when urgent"),
        number("most_steps", &S::most_steps, 1, 1000, "steps",
               "wider walks take larger steps instead")};
  }
};

/// What a walk is planned from; prices signed as cash to us.
struct WalkAsk {
  NetQuote net;
  Price tick;
  FillModel model = FillModel::kWalk;
  /// One instant instead of minutes: the walk happens at the snapshot.
  bool end_of_day = false;
};

/// From the mid down by at most the budget, and never below `lowest`, the price at which the
/// expected value is gone.
[[nodiscard]] PriceWalk entry_walk(const ExecutionSettings& settings, const WalkAsk& ask,
                                   Price lowest);

/// From the mid to the natural; when immediate, from the natural through to the collar.
[[nodiscard]] PriceWalk exit_walk(const ExecutionSettings& settings, const WalkAsk& ask,
                                  Urgency urgency, Price collar);

/// The limit after this one; nothing when the walk is over.
[[nodiscard]] std::optional<Price> next_limit(const PriceWalk& walk, Price limit);

}  // namespace v6
