#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/exchange_orders.hpp"

/// The account as TWS lists it: protocol reference 2.1.6 and 2.2.6.
namespace v6::gateway {

struct AccountValue {
  std::string key;
  std::string value;
  std::string currency;
  friend bool operator==(const AccountValue&, const AccountValue&) = default;
};

/// What reqAccountUpdates shows.
[[nodiscard]] std::vector<AccountValue> account_values(const AccountFigures& figures,
                                                       std::string_view account);
/// What reqAccountUpdatesMulti shows; the ledger alone when only that was asked.
[[nodiscard]] std::vector<AccountValue> ledger_values(const AccountFigures& figures);
/// The tags of reqAccountSummary that exist; "$LEDGER..." stands for the whole ledger.
[[nodiscard]] std::vector<AccountValue> summary_values(const AccountFigures& figures,
                                                       std::string_view tags);
/// Those of `now` that are not in `before`.
[[nodiscard]] std::vector<AccountValue> changed(const std::vector<AccountValue>& before,
                                                const std::vector<AccountValue>& now);

}  // namespace v6::gateway
