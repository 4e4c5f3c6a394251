#pragma once

#include <boost/describe.hpp>

#include <cstdint>
#include <vector>

#include "analytics/american.hpp"
#include "calendar/calendar.hpp"

namespace v6 {

/// How sure a dividend is.
enum class DividendKind : std::uint8_t { kPaid, kDeclared, kProjected };
BOOST_DESCRIBE_ENUM(DividendKind, kPaid, kDeclared, kProjected)

/// Cash a share pays to those who hold it before its ex-date.
struct Dividend {
  Date ex_date;
  double amount = 0;  // dollars per share
  DividendKind kind = DividendKind::kPaid;

  friend bool operator==(const Dividend&, const Dividend&) = default;
};
BOOST_DESCRIBE_STRUCT(Dividend, (), (ex_date, amount, kind))

/// The dividends of one underlying: a list, complete for the dates its source covers, and what last
/// year's pattern says of later ones.
struct DividendSchedule {
  std::vector<Dividend> known;  // by ex-date, none after source.last
  ListSource source;
  double growth = 0;  // of a projected amount over the year before's: 0.05 is 5 %

  /// Dividends of [from, to] by ex-date, known and projected. Each month beyond the list repeats
  /// that of the year before, as many days off the third Friday (funds keep to it, not to the
  /// date); on a day without a session, the session before. One due within the list but not in it
  /// is late: it comes on the first session after.
  [[nodiscard]] std::vector<Dividend> between(Date from, Date to, const Calendar& calendar) const;
};
BOOST_DESCRIBE_STRUCT(DividendSchedule, (), (known, source, growth))

/// As an American price takes them: years from `at` to the open of each ex-date, after which the
/// share is worth less. Those gone ex by `at` are left out. By ex-date.
[[nodiscard]] std::vector<CashDividend> cash_dividends(const std::vector<Dividend>& dividends,
                                                       Instant at);

}  // namespace v6
