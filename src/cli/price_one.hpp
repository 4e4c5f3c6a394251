#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "cli/option_value.hpp"

namespace v6 {

/// One option, its value, and how its terms came about, for the page that shows them.
struct PricedOption {
  OptionTerms terms;
  ValueSettings settings;
  std::optional<Date> as_of;                  // where something was counted from a date
  std::optional<Date> expiry;                 // where years were counted to one
  std::optional<Date> curve;                  // of the Treasury yields the rate was read from
  std::vector<std::optional<Date>> ex_dates;  // of each dividend, where it was given by date
  OptionValue value;
};

/// A table for people.
[[nodiscard]] std::string price_text(const PricedOption& priced);
/// The same as one JSON document, numbers in full.
[[nodiscard]] std::string price_json(const PricedOption& priced);

}  // namespace v6
