#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "analytics/option_right.hpp"
#include "bench/kit.hpp"
#include "bench/refresh_path.hpp"
#include "bench/spy_chain.hpp"
#include "bench/ticks.hpp"
#include "bench/yardstick/quantlib.hpp"

/// The tick path of a chain of 6,240 contracts: messages of TWS decoded, volatilities of bid, mid
/// and ask, Greeks; against the time QuantLib takes for one implied volatility of each. PERF-8,
/// which scores condors too, is timed by condors.cpp on a recorded chain.
namespace v6::bench {
namespace {

double quantlib_mids(const std::vector<Expiry>& chain, const std::vector<double>& mids) {
  double total = 0;
  std::size_t at = 0;
  for (const Expiry& expiry : chain) {
    for (std::size_t i = 0; i < expiry.strikes.size(); ++i, ++at) {
      const BlackInputs in = inputs_of(expiry, i);
      total += quantlib_implied_volatility(in.right == OptionRight::kCall, mids[at], in.forward,
                                           in.strike, in.years, in.discount);
    }
  }
  return total;
}

/// Every quote arrived, and every mid's volatility is QuantLib's to a few of its digits.
void check(const std::vector<Expiry>& chain, Refresh& refresh, const std::string& messages,
           Accuracy& accuracy) {
  for (const Path path : usable_paths()) {
    use_path(path);
    (void)refresh.run(messages);
    const auto missing =
        static_cast<double>(2 * refresh.options()) - static_cast<double>(refresh.understood());
    accuracy.at_most(on_path("ticks", path), "quotes not understood", 0, missing);
    Largest worst;
    std::size_t at = 0;
    for (const Expiry& expiry : chain) {
      for (std::size_t i = 0; i < expiry.strikes.size(); ++i, ++at) {
        const BlackInputs in = inputs_of(expiry, i);
        const double theirs =
            quantlib_implied_volatility(in.right == OptionRight::kCall, refresh.mids()[at],
                                        in.forward, in.strike, in.years, in.discount);
        if (std::isnan(theirs)) { continue; }  // a mid below intrinsic: no volatility at all
        worst.add(std::abs(refresh.mid_volatilities()[at] - theirs));
      }
    }
    accuracy.at_most(on_path("ticks", path), "volatility off QuantLib's", 1e-9, worst.value());
  }
}

struct Inputs {
  explicit Inputs(std::uint64_t seed) : chain{spy_refresh_chain(seed)}, refresh{chain} {
    Dice dice{seed};
    messages = tick_messages(quotes_around(chain, dice), dice);
  }

  std::vector<Expiry> chain;
  Refresh refresh;
  std::string messages;
};

void prepare(std::uint64_t seed, Accuracy& accuracy) {
  const auto in = std::make_shared<Inputs>(seed);
  Refresh& refresh = in->refresh;
  check(in->chain, refresh, in->messages, accuracy);

  const std::size_t options = refresh.options();
  for (const Path path : usable_paths()) {
    measure(on_path("ticks", path), options, [in] { return in->refresh.run(in->messages); }, path);
  }
  // Where the time goes.
  const auto step = [&](const std::string& name, auto work) {
    measure("step/" + name, options, [in, work] {
      work(*in);
      return in->refresh.sum();
    });
  };
  step("decode", [](Inputs& inputs) { inputs.refresh.decode(inputs.messages); });
  step("imply", [](Inputs& inputs) { inputs.refresh.imply(); });
  step("value", [](Inputs& inputs) { inputs.refresh.value(); });
  measure("yardstick/quantlib", options,
          [in] { return quantlib_mids(in->chain, in->refresh.mids()); });
}

}  // namespace
}  // namespace v6::bench

int main(int argc, char** argv) { return v6::bench::run(argc, argv, v6::bench::prepare); }
