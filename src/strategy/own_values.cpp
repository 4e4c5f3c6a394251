#include "strategy/own_values.hpp"

#include <algorithm>
#include <cmath>

#include "analytics/black_batch.hpp"

namespace v6 {
namespace {

std::optional<double> less(std::optional<double> own, std::optional<double> theirs) {
  if (!own || !theirs) { return std::nullopt; }
  return *own - *theirs;
}

double median(std::vector<double> values) {
  if (values.empty()) { return 0; }
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

using Iv = std::expected<double, IvError>;

/// The options of an expiry, one an index.
struct Options {
  std::vector<OptionRight> rights;
  std::vector<double> strikes;

  [[nodiscard]] std::size_t size() const { return rights.size(); }
};

/// Black on a forward.
struct European {
  BlackSlice slice;

  [[nodiscard]] std::vector<Iv> ivs(const Options& options,
                                    const std::vector<double>& prices) const {
    std::vector<double> volatilities(options.size());
    std::vector<std::optional<IvError>> errors(options.size());
    implied_volatilities(slice, {.rights = options.rights, .strikes = options.strikes}, prices,
                         {.volatilities = volatilities, .errors = errors});
    std::vector<Iv> ivs(volatilities.begin(), volatilities.end());
    for (std::size_t i = 0; i < errors.size(); ++i) {
      if (errors[i]) { ivs[i] = std::unexpected{*errors[i]}; }
    }
    return ivs;
  }
  [[nodiscard]] Greeks greeks(OptionRight right, double strike, double volatility) const {
    return black_greeks({.right = right,
                         .forward = slice.forward,
                         .strike = strike,
                         .volatility = volatility,
                         .years = slice.years,
                         .discount = slice.discount},
                        slice.spot);
  }
};

/// The spot model with early exercise.
struct American {
  const CarriedShare* carry;

  /// One right after the other.
  [[nodiscard]] std::vector<Iv> ivs(const Options& options,
                                    const std::vector<double>& prices) const {
    std::vector<Iv> ivs(options.size(), std::unexpected{IvError::kNoPrice});
    for (const OptionRight right : {OptionRight::kCall, OptionRight::kPut}) {
      std::vector<std::size_t> places;
      std::vector<double> strikes;
      std::vector<double> of_right;
      for (std::size_t i = 0; i < options.size(); ++i) {
        if (options.rights[i] != right) { continue; }
        places.push_back(i);
        strikes.push_back(options.strikes[i]);
        of_right.push_back(prices[i]);
      }
      std::vector<double> volatilities(places.size());
      std::vector<std::optional<IvError>> errors(places.size());
      american_implied_volatilities(american_slice(right, *carry), strikes, of_right,
                                    {.volatilities = volatilities, .errors = errors});
      for (std::size_t k = 0; k < places.size(); ++k) {
        if (errors[k]) {
          ivs[places[k]] = std::unexpected{*errors[k]};
        } else {
          ivs[places[k]] = volatilities[k];
        }
      }
    }
    return ivs;
  }
  [[nodiscard]] Greeks greeks(OptionRight right, double strike, double volatility) const {
    return american_value({.right = right,
                           .spot = carry->spot,
                           .strike = strike,
                           .volatility = volatility,
                           .years = carry->years,
                           .rate = carry->rate,
                           .dividends = carry->dividends},
                          AmericanMethod::kFast)
        .greeks;
  }
};

/// Fills in volatilities and Greeks of contracts that have their quotes.
template <class Model>
void value(const Model& model, const std::vector<OwnValues*>& contracts) {
  Options options;
  std::vector<double> bids;
  std::vector<double> mids;
  std::vector<double> asks;
  for (const OwnValues* own : contracts) {
    const Quote& quote = own->quote.quote;
    options.rights.push_back(own->contract.right);
    options.strikes.push_back(own->contract.strike.dollars());
    bids.push_back(quote.bid.dollars());
    mids.push_back(quote.bid > Price{} ? quote.mid().dollars() : 0);
    asks.push_back(quote.ask.dollars());
  }
  const auto bid_ivs = model.ivs(options, bids);
  const auto mid_ivs = model.ivs(options, mids);
  const auto ask_ivs = model.ivs(options, asks);
  for (std::size_t i = 0; i < contracts.size(); ++i) {
    OwnValues& own = *contracts[i];
    own.bid_iv = bid_ivs[i];
    own.mid_iv = mid_ivs[i];
    own.ask_iv = ask_ivs[i];
    if (own.mid_iv) {
      own.greeks = model.greeks(options.rights[i], options.strikes[i], *own.mid_iv);
    }
  }
}

}  // namespace

std::optional<double> OwnValues::iv_off() const {
  return mid_iv ? less(*mid_iv, quote.broker_iv) : std::nullopt;
}

std::optional<double> OwnValues::delta_off() const {
  return greeks ? less(greeks->delta, quote.broker_delta) : std::nullopt;
}

std::optional<double> OwnValues::gamma_off() const {
  return greeks ? less(greeks->gamma, broker_gamma) : std::nullopt;
}

Agreement ExpiryValues::agreement() const {
  std::vector<double> iv;
  std::vector<double> delta;
  each([&](const OwnValues& own) {
    const auto iv_off = own.iv_off();
    const auto delta_off = own.delta_off();
    if (!own.out_of_the_money || !iv_off || !delta_off) { return; }
    iv.push_back(std::abs(*iv_off));
    delta.push_back(std::abs(*delta_off));
  });
  return {.contracts = iv.size(), .iv = median(iv), .delta = median(delta)};
}

ExpiryValues own_values(const MarketView& view, const InstrumentMaster& master,
                        const ExpirySlice& slice) {
  const CarriedShare carry = view.carry(slice);
  ExpiryValues values{.exercise = find_instrument(slice.root)->exercise,
                      .forward = carried_forward(carry),
                      .discount = view.rates().discount_at(slice.years),
                      .rate = carry.rate};
  if (const Surface* surface = view.surface(slice)) {
    values.parity = surface->early ? surface->early->parity : surface->forward;
    values.comparison = compare_forward(values.parity->forward, carry);
    if (values.exercise == ExerciseStyle::kEuropean) {
      values.forward = values.parity->forward;
      values.discount = values.parity->discount;
    }
  }

  const auto quoted = [&](std::optional<std::uint32_t> row) -> std::optional<OwnValues> {
    if (!row) { return std::nullopt; }
    const ContractId id{view.chain().contract[*row]};
    const Contract contract = master[id];
    return OwnValues{.contract = contract,
                     .quote = *view.leg_quote(id, QuoteKind::kEndOfDay),
                     .broker_gamma = view.chain().broker_gamma.at(*row),
                     .out_of_the_money = (contract.right == OptionRight::kPut) ==
                                         (contract.strike.dollars() < values.forward)};
  };
  values.strikes.reserve(slice.strikes.size());
  for (const StrikeRow& row : slice.strikes) {
    values.strikes.push_back(
        {.strike = row.strike, .call = quoted(row.call), .put = quoted(row.put)});
  }
  std::vector<OwnValues*> contracts;
  values.each([&](OwnValues& own) { contracts.push_back(&own); });
  if (values.exercise == ExerciseStyle::kEuropean) {
    value(European{{.spot = carry.spot,
                    .forward = values.forward,
                    .discount = values.discount,
                    .years = carry.years}},
          contracts);
  } else {
    value(American{&carry}, contracts);
  }
  return values;
}

}  // namespace v6
