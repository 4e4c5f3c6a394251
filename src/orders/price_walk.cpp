#include "orders/price_walk.hpp"

#include <algorithm>
#include <cmath>

namespace v6 {
namespace {

/// One tick a step, or as many as keep a wide walk within the most steps.
Price step_for(const ExecutionSettings& settings, Price distance, Price tick) {
  const std::int64_t whole = distance.raw() / tick.raw();
  const std::int64_t each = (whole + settings.most_steps - 1) / settings.most_steps;
  return tick * std::max<std::int64_t>(1, each);
}

Duration interval(const ExecutionSettings& settings, Urgency urgency, bool end_of_day) {
  if (end_of_day) { return Duration{}; }
  return std::chrono::seconds{urgency == Urgency::kNormal ? settings.seconds_normal
                                                          : settings.seconds_high};
}

}  // namespace

PriceWalk entry_walk(const ExecutionSettings& settings, const WalkAsk& ask, Price lowest) {
  PriceWalk walk{.step = ask.tick,
                 .interval = interval(settings, Urgency::kNormal, ask.end_of_day)};
  switch (ask.model) {
    case FillModel::kNatural:
      walk.first = walk.last = round_down_to(ask.net.natural, ask.tick);
      return walk;
    case FillModel::kMid:
      walk.first = walk.last = round_down_to(ask.net.mid, ask.tick);
      return walk;
    case FillModel::kWalk: break;
  }
  const auto budget = static_cast<std::int64_t>(
      std::floor(settings.concession_budget * static_cast<double>(ask.net.distance().raw())));
  const Price floor = std::max(ask.net.mid - Price::from_raw(budget), lowest);
  walk.first = round_up_to(ask.net.mid, ask.tick);
  walk.last = std::min(walk.first, round_up_to(floor, ask.tick));
  walk.step = step_for(settings, walk.first - walk.last, ask.tick);
  return walk;
}

PriceWalk exit_walk(const ExecutionSettings& settings, const WalkAsk& ask, Urgency urgency,
                    Price collar) {
  const Price natural = round_down_to(ask.net.natural, ask.tick);
  PriceWalk walk{.first = round_up_to(ask.net.mid, ask.tick),
                 .last = natural,
                 .interval = interval(settings, urgency, ask.end_of_day)};
  if (ask.model == FillModel::kMid) { walk.first = round_down_to(ask.net.mid, ask.tick); }
  if (ask.model == FillModel::kNatural || urgency == Urgency::kImmediate) { walk.first = natural; }
  if (urgency == Urgency::kImmediate) { walk.last = round_up_to(natural - collar, ask.tick); }
  walk.step = step_for(settings, walk.first - walk.last, ask.tick);
  return walk;
}

std::optional<Price> next_limit(const PriceWalk& walk, Price limit) {
  if (limit <= walk.last) { return std::nullopt; }
  return std::max(walk.last, limit - walk.step);
}

}  // namespace v6
