#include "model/contract_index.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>

namespace v6 {
namespace {

using namespace literals;

Contract arbitrary_contract() {
  const auto& table = instrument_table();
  return {.root = table[*rc::gen::inRange<std::size_t>(0, table.size())].root,
          .expiry = date(2019, 1, 1) + std::chrono::days{*rc::gen::inRange(0, 40)},
          .strike = Price::cents(*rc::gen::inRange(0, 30) * 250),
          .right = *rc::gen::element(OptionRight::kCall, OptionRight::kPut)};
}

TEST(ContractKey, HoldsEveryContractExactly) {
  EXPECT_TRUE(rc::check([] {
    Contract contract = arbitrary_contract();
    contract.strike = Price::from_raw(*rc::gen::inRange<std::int64_t>(0, PriceKind::kLimit + 1));
    RC_ASSERT(ContractKey{contract}.contract() == contract);
  }));
}

TEST(ContractIndex, NumbersContractsInOrderOfFirstSightAndOnlyOnce) {
  EXPECT_TRUE(rc::check([] {
    ContractIndex index;
    std::map<Contract, std::uint32_t> model;
    const auto count = *rc::gen::inRange(0, 400);
    for (int i = 0; i < count; ++i) {
      const auto contract = arbitrary_contract();
      const auto known = model.find(contract);
      RC_ASSERT(index.find(contract).has_value() == (known != model.end()));
      const auto expected =
          model.try_emplace(contract, static_cast<std::uint32_t>(model.size())).first->second;
      RC_ASSERT(index.intern(contract) == ContractId{expected});
      RC_ASSERT(index.find(contract) == ContractId{expected});
      RC_ASSERT(index.master()[ContractId{expected}] == contract);
    }
    RC_ASSERT(index.size() == model.size());
  }));
}

}  // namespace
}  // namespace v6
