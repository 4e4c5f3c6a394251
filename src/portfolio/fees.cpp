#include "portfolio/fees.hpp"

#include <algorithm>
#include <cmath>

namespace v6 {

Money commission(const FeeSchedule& schedule, Price price, Contracts quantity) {
  const Money each = price >= Price::cents(10)  ? schedule.commission_from_10_cents
                     : price >= Price::cents(5) ? schedule.commission_from_5_cents
                                                : schedule.commission_below;
  return each * quantity.raw();
}

Money pass_through_fees(const FeeSchedule& schedule, const Instrument& instrument, Side side,
                        Price price, Contracts quantity) {
  const bool index = instrument.session == SessionKind::kIndexOption;
  Money each = schedule.clearing + schedule.regulatory;
  if (index) {
    each += price >= Price::cents(100) ? schedule.index_exchange_from_1_dollar
                                       : schedule.index_exchange_below;
  }
  Money fees = each * quantity.raw();
  if (side == Side::kSell && !index) {
    const double proceeds = premium(price, instrument.multiplier, quantity).dollars();
    // Charged in whole cents, rounded up.
    fees += Money::cents(
        static_cast<std::int64_t>(std::ceil(proceeds * schedule.sale_levy_per_million / 10'000.0)));
  }
  return fees;
}

std::vector<Money> order_fees(const FeeSchedule& schedule, const std::vector<FeeLeg>& legs) {
  std::vector<Money> fees;
  Money commissions;
  for (const FeeLeg& leg : legs) {
    const Money own = commission(schedule, leg.price, leg.quantity);
    commissions += own;
    fees.push_back(own +
                   pass_through_fees(schedule, *leg.instrument, leg.side, leg.price, leg.quantity));
  }
  if (!fees.empty()) {
    fees.front() += std::max(Money{}, schedule.minimum_per_order - commissions);
  }
  return fees;
}

}  // namespace v6
