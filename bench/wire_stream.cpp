#include "bench/wire_stream.hpp"

#include <array>

#include "ibkr/frames.hpp"

namespace v6::bench {
namespace {

using namespace ibkr;

std::int32_t request(Dice& dice) {
  return 1'000'000'000 + static_cast<std::int32_t>(dice.below(5'000));
}
double cents(Dice& dice) { return static_cast<double>(5 * dice.below(20'000)) / 100.0; }

SentTick price(Dice& dice) {
  const std::array types{1, 2, 4};
  return {.tick = TickPrice{.req_id = request(dice),
                            .tick_type = types[dice.below(3)],
                            .price = cents(dice),
                            .size = Size{static_cast<double>(1 + dice.below(400))}}};
}

SentTick size(Dice& dice) {
  const std::array types{0, 3, 5, 8};
  return {.tick = TickSize{.req_id = request(dice),
                           .tick_type = types[dice.below(4)],
                           .size = Size{static_cast<double>(dice.below(2'000))}}};
}

SentTick computation(Dice& dice) {
  return {.tick = TickOptionComputation{.req_id = request(dice),
                                        .tick_type = 10 + static_cast<std::int32_t>(dice.below(4)),
                                        .implied_vol = dice.between(0.05, 0.9),
                                        .delta = dice.between(-1, 1),
                                        .opt_price = dice.between(0.05, 200),
                                        .pv_dividend = dice.between(0, 20),
                                        .gamma = dice.between(0.001, 0.05),
                                        .vega = dice.between(0.01, 5),
                                        .theta = dice.between(-3, -0.01),
                                        .und_price = cents(dice) + 2'000}};
}

SentTick text(Dice& dice) {
  return {.tick = TickString{.req_id = request(dice), .tick_type = 45},
          .text = std::to_string(1'557'237'600 + dice.below(23'400))};
}

}  // namespace

std::vector<SentTick> mixed_ticks(std::size_t count, Dice& dice) {
  std::vector<SentTick> ticks;
  while (ticks.size() < count) {
    for (int i = 0; i < 4; ++i) { ticks.push_back(price(dice)); }
    for (int i = 0; i < 5; ++i) { ticks.push_back(size(dice)); }
    for (int i = 0; i < 2; ++i) { ticks.push_back(computation(dice)); }
    ticks.push_back(text(dice));
  }
  ticks.resize(count);
  dice.shuffle(ticks);
  for (SentTick& sent : ticks) {
    if (auto* const tick = std::get_if<TickString>(&sent.tick)) { tick->value = sent.text; }
  }
  return ticks;
}

std::string written(const std::vector<SentTick>& ticks) {
  std::string bytes;
  for (const SentTick& sent : ticks) {
    std::visit([&](const auto& tick) { append_message(bytes, tick, kNewestVersion); }, sent.tick);
  }
  return bytes;
}

}  // namespace v6::bench
