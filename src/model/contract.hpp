#pragma once

#include <boost/describe.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "model/money.hpp"
#include "model/symbol.hpp"

namespace v6 {

enum class OptionRight : std::uint8_t { kCall, kPut };
BOOST_DESCRIBE_ENUM(OptionRight, kCall, kPut)
enum class ExerciseStyle : std::uint8_t { kEuropean, kAmerican };
BOOST_DESCRIBE_ENUM(ExerciseStyle, kEuropean, kAmerican)
/// AM series settle on the opening print of their expiry, PM series on its close.
enum class SettlementTime : std::uint8_t { kAm, kPm };
BOOST_DESCRIBE_ENUM(SettlementTime, kAm, kPm)
enum class SessionKind : std::uint8_t { kEquity, kEtfOption, kIndexOption };
BOOST_DESCRIBE_ENUM(SessionKind, kEquity, kEtfOption, kIndexOption)

/// Smallest price steps. Options below and from $3; combos have a step of their own.
struct TickRule {
  Price below_three;
  Price from_three;
  Price combo;
};

/// One option root: what all its contracts have in common.
struct Instrument {
  Symbol underlying;
  Symbol root;
  Multiplier multiplier;
  ExerciseStyle exercise = ExerciseStyle::kEuropean;
  SettlementTime settlement = SettlementTime::kPm;
  SessionKind session = SessionKind::kIndexOption;
  bool cash_settled = true;
  /// An index of a whole market, or a fund on one: uncovered options ask less margin.
  bool broad_based = false;
  TickRule tick;
  /// Index defined as this underlying's 30-day implied volatility, in points.
  Symbol volatility_index;
  /// Slope of its returns on SPY's; one for the index itself.
  double beta_to_spy = 1.0;
};

/// Every root V6 can trade. Nothing at run time can widen it.
[[nodiscard]] const std::vector<Instrument>& instrument_table();
[[nodiscard]] const Instrument* find_instrument(Symbol root);

/// One tradable option.
struct Contract {
  Symbol root;
  Date expiry;
  Price strike;
  OptionRight right = OptionRight::kCall;

  friend auto operator<=>(const Contract&, const Contract&) = default;
  [[nodiscard]] const Instrument& instrument() const;
  [[nodiscard]] Symbol underlying() const { return instrument().underlying; }
  [[nodiscard]] Multiplier multiplier() const { return instrument().multiplier; }
  /// "SPXW 2019-06-21 2750 P".
  [[nodiscard]] std::string text() const;
};
BOOST_DESCRIBE_STRUCT(Contract, (), (root, expiry, strike, right))

/// Dense number of a contract in the instrument master; not a broker's number.
class ContractId {
 public:
  constexpr ContractId() = default;
  explicit constexpr ContractId(std::uint32_t index) : index_{index} {}
  [[nodiscard]] static constexpr ContractId from_raw(std::uint32_t index) {
    return ContractId{index};
  }
  [[nodiscard]] constexpr std::uint32_t raw() const { return index_; }
  friend constexpr auto operator<=>(ContractId, ContractId) = default;

 private:
  std::uint32_t index_ = 0;
};

/// Contracts as columns, in the order of their ids.
struct ContractColumns {
  std::vector<std::uint8_t> root;    // place in instrument_table()
  std::vector<std::int32_t> expiry;  // days since 1970-01-01
  std::vector<std::int64_t> strike;  // ten-thousandths of a dollar
  std::vector<std::uint8_t> right;

  [[nodiscard]] std::size_t size() const { return root.size(); }
  void push_back(const Contract& contract);
  [[nodiscard]] Contract at(std::size_t index) const;
};
BOOST_DESCRIBE_STRUCT(ContractColumns, (), (root, expiry, strike, right))

/// All contracts ever listed, by id. Only grows.
struct InstrumentMaster {
  ContractColumns columns;

  [[nodiscard]] std::size_t size() const { return columns.size(); }
  [[nodiscard]] bool knows(ContractId id) const { return id.raw() < columns.size(); }
  [[nodiscard]] Contract operator[](ContractId id) const { return columns.at(id.raw()); }
};
BOOST_DESCRIBE_STRUCT(InstrumentMaster, (), (columns))

/// The legal price step of an option at this price.
[[nodiscard]] Price tick_at(const TickRule& rule, Price price);
/// The nearest legal combo price that gives us no less / no more.
[[nodiscard]] Price round_up_to(Price price, Price tick);
[[nodiscard]] Price round_down_to(Price price, Price tick);

}  // namespace v6
