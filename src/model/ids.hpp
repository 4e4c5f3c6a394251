#pragma once

#include <fmt/format.h>

#include <compare>
#include <cstdint>
#include <string>

namespace v6 {

/// A number that names one thing of one kind. Zero names nothing.
template <class Kind>
class Id {
 public:
  constexpr Id() = default;
  explicit constexpr Id(std::uint32_t number) : number_{number} {}
  [[nodiscard]] static constexpr Id from_raw(std::uint32_t number) { return Id{number}; }
  [[nodiscard]] constexpr std::uint32_t raw() const { return number_; }
  [[nodiscard]] constexpr explicit operator bool() const { return number_ != 0; }
  /// "S-0012": what files, logs and `v6 explain` show and read.
  [[nodiscard]] std::string text() const { return fmt::format("{}-{:04}", Kind::kLetter, number_); }
  friend constexpr auto operator<=>(Id, Id) = default;

 private:
  std::uint32_t number_ = 0;
};

struct DecisionKind_ {
  static constexpr char kLetter = 'D';
};
struct IntentKind_ {
  static constexpr char kLetter = 'I';
};
struct OrderKind_ {
  static constexpr char kLetter = 'O';
};
struct StructureKind_ {
  static constexpr char kLetter = 'S';
};
struct FillKind_ {
  static constexpr char kLetter = 'F';
};
struct TimerKind_ {
  static constexpr char kLetter = 'T';
};
struct QuoteRequestKind_ {
  static constexpr char kLetter = 'Q';
};

using DecisionId = Id<DecisionKind_>;
/// One decision to trade; travels with the order as its orderRef.
using IntentId = Id<IntentKind_>;
using OrderId = Id<OrderKind_>;
using StructureId = Id<StructureKind_>;
using FillId = Id<FillKind_>;
using TimerId = Id<TimerKind_>;
using QuoteRequestId = Id<QuoteRequestKind_>;

}  // namespace v6
