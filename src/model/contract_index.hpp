#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "model/contract.hpp"

namespace v6 {

/// A contract in 63 bits, so that it can be hashed and compared as one number. Ordered by right,
/// expiry, strike and root.
class ContractKey {
 public:
  constexpr ContractKey() = default;
  explicit ContractKey(const Contract& contract);
  /// `root` is a place in instrument_table(); the strike is not negative.
  ContractKey(std::uint8_t root, Date expiry, OptionRight right, Price strike);

  [[nodiscard]] Contract contract() const;
  [[nodiscard]] std::uint64_t raw() const { return bits_; }
  friend auto operator<=>(ContractKey, ContractKey) = default;

 private:
  std::uint64_t bits_ = ~std::uint64_t{0};
};

/// From contract to a number: open addressing, linear probing, at most half full.
class ContractTable {
 public:
  /// The number kept under this key, which is `value` when there was none.
  std::uint32_t insert(ContractKey key, std::uint32_t value);
  [[nodiscard]] std::optional<std::uint32_t> find(ContractKey key) const;

 private:
  struct Slot {
    ContractKey key;
    std::uint32_t value = 0;
  };
  [[nodiscard]] std::size_t place_of(ContractKey key) const;
  void grow();

  std::vector<Slot> slots_ = std::vector<Slot>(64);  // a power of two
  std::size_t used_ = 0;
};

/// Gives contracts their dense ids, in order of first sight.
class ContractIndex {
 public:
  ContractId intern(ContractKey key);
  ContractId intern(const Contract& contract) { return intern(ContractKey{contract}); }
  [[nodiscard]] std::optional<ContractId> find(const Contract& contract) const;
  [[nodiscard]] const InstrumentMaster& master() const { return master_; }
  [[nodiscard]] std::size_t size() const { return master_.size(); }

 private:
  ContractTable ids_;
  std::vector<ContractKey> keys_;  // by id
  std::size_t expected_ = 0;       // chains keep their order: the id after the last is likely next
  InstrumentMaster master_;
};

}  // namespace v6
