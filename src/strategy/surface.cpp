#include "strategy/surface.hpp"

#include <utility>

#include "analytics/black_batch.hpp"
#include "analytics/scalar_math.hpp"
#include "model/contract.hpp"

namespace v6 {
namespace {

/// Quotes of one right, and what they imply with exercise and without.
struct Side {
  std::vector<double> strikes, mids;
  std::vector<double> volatilities;  // of the spot model
  std::vector<double> europeans;     // of Black

  void keep(std::size_t from, std::size_t to) {
    for (auto* column : {&strikes, &mids, &volatilities, &europeans}) {
      (*column)[to] = (*column)[from];
    }
  }
  void resize(std::size_t size) {
    for (auto* column : {&strikes, &mids, &volatilities, &europeans}) { column->resize(size); }
  }
  /// Leaves out what implied none.
  void drop(const std::vector<std::optional<IvError>>& errors) {
    std::size_t left = 0;
    for (std::size_t i = 0; i < errors.size(); ++i) {
      if (!errors[i]) { keep(i, left++); }
    }
    resize(left);
  }

  void imply(const AmericanSlice& slice, const Forward& forward) {
    resize(strikes.size());
    std::vector<std::optional<IvError>> errors(strikes.size());
    american_implied_volatilities(slice, strikes, mids,
                                  {.volatilities = volatilities, .errors = errors});
    drop(errors);
    std::vector<double> prices(strikes.size());
    european_prices(slice, strikes, volatilities, prices);
    const std::vector<OptionRight> rights(strikes.size(), slice.right);
    errors.assign(strikes.size(), std::nullopt);
    implied_volatilities(
        {.forward = forward.forward, .discount = forward.discount, .years = slice.years},
        {.rights = rights, .strikes = strikes}, prices,
        {.volatilities = europeans, .errors = errors});
    drop(errors);
  }
};

Smile moved(const Smile& smile, const Forward& forward) {
  return {smile.points(), forward, smile.years()};
}

}  // namespace

AmericanSlice american_slice(OptionRight right, const CarriedShare& carry) {
  return {.right = right,
          .spot = carry.spot,
          .years = carry.years,
          .rate = carry.rate,
          .dividends = carry.dividends};
}

double Surface::volatility(double strike) const {
  return early ? early->smile.at(strike) : smile.at(strike);
}

ModelValue Surface::value(OptionRight right, double strike, double spot) const {
  if (early) {
    const AmericanValue value = american_value({.right = right,
                                                .spot = spot,
                                                .strike = strike,
                                                .volatility = volatility(strike),
                                                .years = smile.years(),
                                                .rate = early->rate,
                                                .dividends = early->dividends},
                                               AmericanMethod::kFast);
    return {.price = value.price, .greeks = value.greeks};
  }
  const BlackInputs inputs{.right = right,
                           .forward = smile.forward(),
                           .strike = strike,
                           .volatility = smile.at(strike),
                           .years = smile.years(),
                           .discount = smile.discount()};
  return {.price = black_price(inputs), .greeks = black_greeks(inputs, spot)};
}

Surface Surface::moved(double factor) const {
  Surface there = *this;
  if (!early) {
    there.forward.forward *= factor;
  } else {
    there.early->spot *= factor;
    there.forward.forward = carried_forward(there.early->carry());
    there.early->parity.forward *= factor;
    there.early->smile = v6::moved(early->smile, there.forward);
  }
  there.smile = v6::moved(smile, there.forward);
  return there;
}

std::expected<Surface, SmileError> american_surface(std::span<const StrikeQuote> quotes,
                                                    const CarriedShare& carry,
                                                    const Forward& parity) {
  constexpr std::size_t kLeastPoints = 3;
  if (!(carry.years > 0)) { return std::unexpected{SmileError::kNoTime}; }
  Forward forward = parity;
  forward.forward = carried_forward(carry);
  forward.discount = exact::exp(-carry.rate * carry.years);
  Side puts;
  Side calls;
  for (const StrikeQuote& quote : quotes) {
    const bool below = quote.strike < forward.forward;
    const auto& mid = below ? quote.put_mid : quote.call_mid;
    if (!mid) { continue; }
    Side& side = below ? puts : calls;
    side.strikes.push_back(quote.strike);
    side.mids.push_back(*mid);
  }
  puts.imply(american_slice(OptionRight::kPut, carry), forward);
  calls.imply(american_slice(OptionRight::kCall, carry), forward);
  std::vector<SmilePoint> points;
  std::vector<SmilePoint> spot_points;
  for (const Side* side : {&puts, &calls}) {
    for (std::size_t i = 0; i < side->strikes.size(); ++i) {
      points.push_back({.strike = side->strikes[i], .volatility = side->europeans[i]});
      spot_points.push_back({.strike = side->strikes[i], .volatility = side->volatilities[i]});
    }
  }
  if (points.size() < kLeastPoints) { return std::unexpected{SmileError::kTooFewPoints}; }
  return Surface{
      .forward = forward,
      .smile = Smile{std::move(points), forward, carry.years},
      .early = EarlyExercise{.smile = Smile{std::move(spot_points), forward, carry.years},
                             .spot = carry.spot,
                             .rate = carry.rate,
                             .dividends = {carry.dividends.begin(), carry.dividends.end()},
                             .parity = parity}};
}

}  // namespace v6
