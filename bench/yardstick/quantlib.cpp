#include "bench/yardstick/quantlib.hpp"

#include <cmath>
#include <exception>
#include <limits>
#include <ql/exercise.hpp>
#include <ql/instruments/dividendvanillaoption.hpp>
#include <ql/pricingengines/blackcalculator.hpp>
#include <ql/pricingengines/blackformula.hpp>
#include <ql/pricingengines/vanilla/fdblackscholesvanillaengine.hpp>
#include <ql/pricingengines/vanilla/qdfpamericanengine.hpp>
#include <ql/processes/blackscholesprocess.hpp>
#include <ql/quotes/simplequote.hpp>
#include <ql/settings.hpp>
#include <ql/termstructures/volatility/equityfx/blackconstantvol.hpp>
#include <ql/termstructures/yield/flatforward.hpp>
#include <ql/time/calendars/nullcalendar.hpp>
#include <ql/time/daycounters/actual365fixed.hpp>
#include <vector>

namespace {

namespace ql = QuantLib;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

template <class Work>
double or_nan(const Work& work) {
  try {
    return work();
  } catch (const std::exception&) { return kNone; }
}

ql::Option::Type type_of(bool call) { return call ? ql::Option::Call : ql::Option::Put; }

/// The engine's protected kernel made callable; it does not look at the process.
class QdFpKernel : public ql::QdFpAmericanEngine {
 public:
  explicit QdFpKernel(const ql::ext::shared_ptr<ql::QdFpIterationScheme>& scheme)
      : QdFpAmericanEngine{nullptr, scheme} {}
  using QdFpAmericanEngine::calculatePut;
};

ql::ext::shared_ptr<ql::GeneralizedBlackScholesProcess> process_of(const QuantlibOption& option,
                                                                   const ql::Date& today) {
  const ql::Actual365Fixed days;
  const auto flat = [&](double rate) {
    return ql::Handle<ql::YieldTermStructure>{
        ql::ext::make_shared<ql::FlatForward>(today, rate, days)};
  };
  return ql::ext::make_shared<ql::BlackScholesMertonProcess>(
      ql::Handle<ql::Quote>{ql::ext::make_shared<ql::SimpleQuote>(option.spot)}, flat(option.yield),
      flat(option.rate),
      ql::Handle<ql::BlackVolTermStructure>{ql::ext::make_shared<ql::BlackConstantVol>(
          today, ql::NullCalendar{}, option.volatility, days)});
}

}  // namespace

extern "C" {

double quantlib_implied_volatility(bool call, double price, double forward, double strike,
                                   double years, double discount) {
  return or_nan([&] {
    return ql::blackFormulaImpliedStdDev(type_of(call), strike, forward, price, discount, 0.0,
                                         ql::Null<ql::Real>(), 1e-12) /
           std::sqrt(years);
  });
}

void quantlib_black(bool call, double spot, double forward, double strike, double volatility,
                    double years, double discount, double* values) {
  const ql::BlackCalculator black{type_of(call), strike, forward, volatility * std::sqrt(years),
                                  discount};
  values[0] = black.value();
  values[1] = black.delta(spot);
  values[2] = black.gamma(spot);
  values[3] = black.theta(spot, years);
  values[4] = black.vega(years);
  values[5] = black.rho(years);
}

double quantlib_american(const QuantlibOption* option, QuantlibScheme scheme) {
  static const QdFpKernel kFast{ql::QdFpAmericanEngine::fastScheme()};
  static const QdFpKernel kAccurate{ql::QdFpAmericanEngine::accurateScheme()};
  const auto& [call, spot, strike, volatility, days, rate, yield] = *option;
  return or_nan([&] {
    const QdFpKernel& kernel = scheme == kQuantlibFast ? kFast : kAccurate;
    const double years = days / 365.0;
    return call ? kernel.calculatePut(strike, spot, yield, rate, volatility, years)
                : kernel.calculatePut(spot, strike, rate, yield, volatility, years);
  });
}

double quantlib_american_dividends(const QuantlibOption* option, const QuantlibDividend* dividends,
                                   int count, QuantlibGrid grid) {
  return or_nan([&] {
    const ql::Date today{1, ql::December, 2025};
    ql::Settings::instance().evaluationDate() = today;
    const ql::Date expiry = today + option->days;
    std::vector<ql::Date> dates;
    std::vector<double> amounts;
    for (int i = 0; i < count; ++i) {
      dates.push_back(today + dividends[i].days);
      amounts.push_back(dividends[i].amount);
    }
    ql::DividendVanillaOption priced{
        ql::ext::make_shared<ql::PlainVanillaPayoff>(type_of(option->call), option->strike),
        ql::ext::make_shared<ql::AmericanExercise>(today, expiry), dates, amounts};
    priced.setPricingEngine(ql::ext::make_shared<ql::FdBlackScholesVanillaEngine>(
        process_of(*option, today), static_cast<ql::Size>(grid.times),
        static_cast<ql::Size>(grid.spots)));
    return priced.NPV();
  });
}
}
