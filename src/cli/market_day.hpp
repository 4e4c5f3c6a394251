#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "config/reference.hpp"
#include "sim/chain_files.hpp"
#include "strategy/factors.hpp"

namespace v6 {

/// One session's recorded chain and what was known besides, for commands that look into it.
class MarketDay {
 public:
  /// Throws Failure (data) where the folder has no usable file of the session.
  MarketDay(const std::filesystem::path& chains, Symbol underlying, Date date,
            const Reference& reference);

  [[nodiscard]] Date date() const { return quotes_.date; }
  [[nodiscard]] const Calendar& calendar() const { return calendar_; }
  [[nodiscard]] const MarketView& view() const { return *view_; }
  /// The day whose yields were the last known; absent when there are none.
  [[nodiscard]] std::optional<Date> yields_of() const { return yields_.date; }
  [[nodiscard]] const InstrumentMaster& master() const { return index_.master(); }
  [[nodiscard]] std::optional<ContractId> find(const Contract& contract) const;
  /// What the strategy makes of the day; realised volatility is absent where the closes up to the
  /// session before are.
  [[nodiscard]] Factors factors(Symbol root) const;

 private:
  Calendar calendar_;
  KnownYields yields_;
  ContractIndex index_;
  DayOfQuotes quotes_;
  std::optional<MarketView> view_;
  std::vector<double> closes_;  // up to the session before; empty when that has none
};

}  // namespace v6
