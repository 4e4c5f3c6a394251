#include "sim/listing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "base/error.hpp"

namespace v6 {
namespace {

using namespace literals;

/// A class of options and the step its strikes lie on.
struct OptionClass {
  Symbol root;
  Price step;
};
// New ones go to the end: places are parts of numbers.
constexpr std::array kClasses = {
    OptionClass{"SPX"_sym, Price::cents(500)}, OptionClass{"SPXW"_sym, Price::cents(500)},
    OptionClass{"XSP"_sym, Price::cents(50)},  OptionClass{"SPY"_sym, Price::cents(50)},
    OptionClass{"QQQ"_sym, Price::cents(50)},  OptionClass{"IWM"_sym, Price::cents(50)},
    OptionClass{"GOOG"_sym, Price::cents(50)}, OptionClass{"TWX"_sym, Price::cents(50)},
    OptionClass{"AAPL"_sym, Price::cents(50)}};
constexpr std::array kUnderlyings = {"SPX"_sym, "VIX"_sym,  "XSP"_sym, "SPY"_sym,
                                     "QQQ"_sym, "IWM"_sym,  "VXN"_sym, "GOOG"_sym,
                                     "TWX"_sym, "AAPL"_sym, "RVX"_sym};

constexpr std::int64_t kFirst = 700'000'000;
constexpr std::int64_t kUnderlyingPlaces = 1'000;
constexpr Date kFirstExpiry = date(2010, 1, 1);
constexpr std::int64_t kDays = 8'192;
constexpr std::int64_t kStrikes = 9'600;
constexpr auto kPlaces = static_cast<std::int64_t>(kClasses.size()) * 2 * kDays * kStrikes;
/// Spreads neighbours over the whole range; without a common divisor with kPlaces no two meet.
constexpr std::int64_t kScramble = 961'748'927;
static_assert(std::gcd(kScramble, kPlaces) == 1);
static_assert(kFirst + kUnderlyingPlaces + kPlaces < std::int64_t{1} << 31);

}  // namespace

ConId con_id_of(Symbol root, Date expiry, Price strike, OptionRight right) {
  const auto found = std::ranges::find(kClasses, root, &OptionClass::root);
  const bool known = found != kClasses.end();
  const auto day = static_cast<std::int64_t>(days_between(kFirstExpiry, expiry));
  if (!known || day < 0 || day >= kDays || strike < Price{} ||
      strike.raw() % found->step.raw() != 0 || strike.raw() / found->step.raw() >= kStrikes) {
    fail_data(fmt::format(
        "no contract number for the option {} {} {} {}; accepted: known classes, expiries from "
        "{} to {}, strikes in steps of {}",
        root.text(), iso(expiry), strike.text(), right == OptionRight::kCall ? "C" : "P",
        iso(kFirstExpiry), iso(kFirstExpiry + std::chrono::days{kDays - 1}),
        known ? found->step.text() : "its class"));
  }
  std::int64_t place = found - kClasses.begin();
  place = place * 2 + static_cast<std::int64_t>(right);
  place = place * kDays + day;
  place = place * kStrikes + strike.raw() / found->step.raw();
  return static_cast<ConId>(kFirst + kUnderlyingPlaces + place * kScramble % kPlaces);
}

ConId con_id_of(Symbol symbol) {
  const auto found = std::ranges::find(kUnderlyings, symbol);
  if (found == kUnderlyings.end()) {
    fail_data(fmt::format("no contract number for the underlying {}", symbol.text()));
  }
  return static_cast<ConId>(kFirst + 1 + (found - kUnderlyings.begin()));
}

Price Listing::tick(Price price) const {
  return instrument ? tick_at(instrument->tick, price) : Price::cents(1);
}

Price Listing::combo_tick() const { return instrument ? instrument->tick.combo : Price::cents(1); }

std::string Listing::local_symbol() const {
  if (!is_option()) { return std::string{symbol.text()}; }
  const std::chrono::year_month_day day{expiry};
  return fmt::format("{:<6}{:02}{:02}{:02}{}{:08}", trading_class().text(),
                     static_cast<int>(day.year()) % 100, static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()), right == OptionRight::kCall ? 'C' : 'P',
                     strike.raw() / 10);
}

}  // namespace v6
