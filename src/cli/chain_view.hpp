#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analytics/dividends.hpp"
#include "report/json.hpp"
#include "report/smile_picture.hpp"
#include "strategy/own_values.hpp"

namespace v6 {

/// One expiry of a recorded chain, as `v6 chain` shows it.
struct ChainView {
  Symbol underlying;
  Symbol root;
  Date date;
  Date expiry;
  int dte = 0;
  double years = 0;
  Price spot;
  std::optional<Date> yields_of;             // the day whose yields give the rate
  std::optional<std::string> dividend_list;  // its name, if the underlying has one
  std::vector<Dividend> dividends;           // gone ex between now and expiry
  std::optional<double> atm_iv;
  ExpiryValues values;
};

/// Above the table: forward and carry, dividends, agreement with the file.
[[nodiscard]] std::string chain_heading(const ChainView& view);
/// A line a strike, calls left and puts right; fits 120 columns.
[[nodiscard]] std::string chain_table(const ChainView& view);
/// A line a contract with every volatility and Greek, and why one has none.
[[nodiscard]] std::string chain_table_of_all(const ChainView& view);
/// How many contracts have no volatility, by reason; empty when all have one.
[[nodiscard]] std::string chain_footing(const ChainView& view);
[[nodiscard]] Json chain_json(const ChainView& view);
/// Contracts out of the money with a delta of 0.01 at least.
[[nodiscard]] SmilePicture smile_picture(const ChainView& view);

}  // namespace v6
