#include "strategy/own_values.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

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

/// One way to value the contracts of an expiry.
struct European {
  double spot;
  double forward;
  double discount;
  double years;

  [[nodiscard]] std::expected<double, IvError> iv(const Contract& contract, double price) const {
    return implied_volatility(contract.right, price, forward, contract.strike.dollars(), years,
                              discount);
  }
  [[nodiscard]] Greeks greeks(const Contract& contract, double volatility) const {
    return black_greeks({.right = contract.right,
                         .forward = forward,
                         .strike = contract.strike.dollars(),
                         .volatility = volatility,
                         .years = years,
                         .discount = discount},
                        spot);
  }
};

struct American {
  const Carry* carry;

  [[nodiscard]] AmericanInputs inputs(const Contract& contract, double volatility) const {
    return {.right = contract.right,
            .spot = carry->spot,
            .strike = contract.strike.dollars(),
            .volatility = volatility,
            .years = carry->years,
            .rate = carry->rate,
            .dividends = carry->dividends};
  }
  [[nodiscard]] std::expected<double, IvError> iv(const Contract& contract, double price) const {
    return american_implied_volatility(inputs(contract, 0), price, AmericanMethod::kFast);
  }
  [[nodiscard]] Greeks greeks(const Contract& contract, double volatility) const {
    return american_value(inputs(contract, volatility), AmericanMethod::kFast).greeks;
  }
};

template <class Model>
OwnValues values_of(const Model& model, const Contract& contract, LegQuote quote) {
  const Price mid = quote.quote.bid > Price{} ? quote.quote.mid() : Price{};
  OwnValues own{.contract = contract,
                .quote = std::move(quote),
                .bid_iv = model.iv(contract, quote.quote.bid.dollars()),
                .mid_iv = model.iv(contract, mid.dollars()),
                .ask_iv = model.iv(contract, quote.quote.ask.dollars())};
  if (own.mid_iv) { own.greeks = model.greeks(contract, *own.mid_iv); }
  return own;
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
                        const ExpirySlice& slice, std::span<const CashDividend> dividends) {
  V6_CHECK(slice.years > 0, "values of what has expired");
  const Carry carry{.spot = view.spot().dollars(),
                    .years = slice.years,
                    .rate = view.rates().rate_at(slice.years),
                    .dividends = dividends};
  ExpiryValues values{.exercise = find_instrument(slice.root)->exercise,
                      .forward = carried_forward(carry),
                      .discount = view.rates().discount_at(slice.years),
                      .rate = carry.rate};
  if (const Surface* surface = view.surface(slice)) {
    values.parity = surface->forward;
    values.comparison = compare_forward(values.parity->forward, carry);
    if (values.exercise == ExerciseStyle::kEuropean) {
      values.forward = values.parity->forward;
      values.discount = values.parity->discount;
    }
  }

  const auto value_of = [&](std::optional<std::uint32_t> row) -> std::optional<OwnValues> {
    if (!row) { return std::nullopt; }
    const ContractId id{view.chain().contract[*row]};
    const Contract contract = master[id];
    const LegQuote quote = *view.leg_quote(id, QuoteKind::kEndOfDay);
    OwnValues own = values.exercise == ExerciseStyle::kEuropean
                        ? values_of(European{.spot = carry.spot,
                                             .forward = values.forward,
                                             .discount = values.discount,
                                             .years = slice.years},
                                    contract, quote)
                        : values_of(American{&carry}, contract, quote);
    own.broker_gamma = view.chain().broker_gamma.at(*row);
    own.out_of_the_money =
        (contract.right == OptionRight::kPut) == (contract.strike.dollars() < values.forward);
    return own;
  };
  values.strikes.reserve(slice.strikes.size());
  for (const StrikeRow& row : slice.strikes) {
    values.strikes.push_back(
        {.strike = row.strike, .call = value_of(row.call), .put = value_of(row.put)});
  }
  return values;
}

}  // namespace v6
