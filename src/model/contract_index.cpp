#include "model/contract_index.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "base/hash.hpp"

namespace v6 {
namespace {

// From the top down; days since 1970, ten-thousandths of a dollar, place in instrument_table().
constexpr int kRootBits = 8;
constexpr int kStrikeBits = 34;
constexpr int kExpiryBits = 20;
constexpr int kStrikeAt = kRootBits;
constexpr int kExpiryAt = kStrikeAt + kStrikeBits;
constexpr int kRightAt = kExpiryAt + kExpiryBits;
static_assert(PriceKind::kLimit < std::int64_t{1} << kStrikeBits);
static_assert(kRightAt + 1 < 64, "no key may equal the empty one");

std::uint8_t place_in_table(Symbol root) {
  const auto found = std::ranges::find(instrument_table(), root, &Instrument::root);
  V6_CHECK(found != instrument_table().end(), "contract of an unknown root");
  return static_cast<std::uint8_t>(found - instrument_table().begin());
}

}  // namespace

ContractKey::ContractKey(const Contract& contract)
    : ContractKey{place_in_table(contract.root), contract.expiry, contract.right, contract.strike} {
}

ContractKey::ContractKey(std::uint8_t root, Date expiry, OptionRight right, Price strike) {
  const auto days = expiry.time_since_epoch().count();
  V6_CHECK(days >= 0 && days < 1 << kExpiryBits, "expiry outside 1970 to 4840");
  V6_CHECK(strike.raw() >= 0 && strike.raw() <= PriceKind::kLimit, "strike out of range");
  bits_ = static_cast<std::uint64_t>(right) << kRightAt |
          static_cast<std::uint64_t>(days) << kExpiryAt |
          static_cast<std::uint64_t>(strike.raw()) << kStrikeAt | root;
}

Contract ContractKey::contract() const {
  const auto part = [this](int from, int bits) {
    return static_cast<std::int64_t>(bits_ >> from & ((std::uint64_t{1} << bits) - 1));
  };
  return {.root = instrument_table()[static_cast<std::size_t>(part(0, kRootBits))].root,
          .expiry = Date{std::chrono::days{part(kExpiryAt, kExpiryBits)}},
          .strike = Price::from_raw(part(kStrikeAt, kStrikeBits)),
          .right = static_cast<OptionRight>(part(kRightAt, 1))};
}

std::size_t ContractTable::place_of(ContractKey key) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t place = mix(key.raw()) & mask;
  while (slots_[place].key != key && slots_[place].key != ContractKey{}) {
    place = (place + 1) & mask;
  }
  return place;
}

std::uint32_t ContractTable::insert(ContractKey key, std::uint32_t value) {
  Slot& slot = slots_[place_of(key)];
  if (slot.key == key) { return slot.value; }
  slot = {key, value};
  if (++used_ * 2 > slots_.size()) { grow(); }
  return value;
}

std::optional<std::uint32_t> ContractTable::find(ContractKey key) const {
  const Slot& slot = slots_[place_of(key)];
  return slot.key == key ? std::optional{slot.value} : std::nullopt;
}

void ContractTable::grow() {
  const auto old = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
  for (const Slot& slot : old) {
    if (slot.key != ContractKey{}) { slots_[place_of(slot.key)] = slot; }
  }
}

ContractId ContractIndex::intern(ContractKey key) {
  if (expected_ >= keys_.size() || keys_[expected_] != key) {
    const auto next = static_cast<std::uint32_t>(keys_.size());
    expected_ = ids_.insert(key, next);
    if (expected_ == next) {
      keys_.push_back(key);
      master_.columns.push_back(key.contract());
    }
  }
  return ContractId{static_cast<std::uint32_t>(expected_++)};
}

std::optional<ContractId> ContractIndex::find(const Contract& contract) const {
  return ids_.find(ContractKey{contract}).transform([](std::uint32_t id) {
    return ContractId{id};
  });
}

}  // namespace v6
