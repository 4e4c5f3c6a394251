#pragma once

#include <string>
#include <tuple>
#include <vector>

#include "base/settings.hpp"
#include "model/contract.hpp"
#include "model/order.hpp"

namespace v6 {

/// What a trade costs besides its price. Figures of Interactive Brokers' fixed US option schedule
/// and the exchange's, as of 2024-06: check your broker's own.
struct FeeSchedule {
  Money commission_from_10_cents = Money::cents(65);
  Money commission_from_5_cents = Money::cents(50);
  Money commission_below = Money::cents(25);
  Money minimum_per_order = Money::cents(100);
  Money index_exchange_from_1_dollar = Money::cents(45);
  Money index_exchange_below = Money::cents(37);
  Money clearing = Money::cents(2);
  Money regulatory = Money::cents(3);
  double sale_levy_per_million = 27.8;
  std::string as_of = "2024-06, check your broker's own";

  static constexpr auto fields() {
    using F = FeeSchedule;
    return std::tuple{
        number("commission_from_10_cents", &F::commission_from_10_cents, 0, 10,
               "dollars a contract", "commission at a premium of 0.10 and above"),
        number("commission_from_5_cents", &F::commission_from_5_cents, 0, 10, "dollars a contract",
               "commission from 0.05 to below 0.10"),
        number("commission_below", &F::commission_below, 0, 10, "dollars a contract",
               "commission below 0.05"),
        number("minimum_per_order", &F::minimum_per_order, 0, 20, "dollars an order",
               "least commission of an order"),
        number("index_exchange_from_1_dollar", &F::index_exchange_from_1_dollar, 0, 10,
               "dollars a contract",
               "exchange fee of index options at a premium of 1.00 and above"),
        number("index_exchange_below", &F::index_exchange_below, 0, 10, "dollars a contract",
               "exchange fee of index options below 1.00"),
        number("clearing", &F::clearing, 0, 1, "dollars a contract", "clearing fee"),
        number("regulatory", &F::regulatory, 0, 1, "dollars a contract", "regulatory fee"),
        number("sale_levy_per_million", &F::sale_levy_per_million, 0, 1000,
               "dollars a million of proceeds",
               "levy on sales of ETF options; broad-based index options are exempt"),
        field("as_of", &F::as_of, "date of the schedule, shown in the report")};
  }
};

/// Commission alone of one leg, before the order's minimum.
[[nodiscard]] Money commission(const FeeSchedule& schedule, Price price, Contracts quantity);

/// Exchange, clearing, regulatory fees and the sale levy of one leg, to the cent.
[[nodiscard]] Money pass_through_fees(const FeeSchedule& schedule, const Instrument& instrument,
                                      Side side, Price price, Contracts quantity);

/// One leg of an order whose fees are asked for. Quantity positive.
struct FeeLeg {
  const Instrument* instrument = nullptr;
  Side side = Side::kBuy;
  Price price;
  Contracts quantity;
};

/// Fees of a whole order, leg by leg; what is missing to the order's least commission is on the
/// first leg.
[[nodiscard]] std::vector<Money> order_fees(const FeeSchedule& schedule,
                                            const std::vector<FeeLeg>& legs);

}  // namespace v6
