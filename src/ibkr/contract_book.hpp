#pragma once

#include <expected>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "ibkr/client_settings.hpp"
#include "ibkr/context.hpp"
#include "model/contract_index.hpp"

namespace v6::ibkr {

/// Something that options are written on, or whose level is watched.
[[nodiscard]] WireContract wire_underlying(Symbol symbol);

/// Regular hours of each day told, from "20190507:0930-20190507:1600;20190508:CLOSED".
/// Zones that are not New York's or Chicago's tell nothing.
[[nodiscard]] std::map<Date, Session> parse_hours(std::string_view hours, std::string_view zone);

/// The broker's names for contracts and ours, price steps, and which options are listed.
class ContractBook {
 public:
  struct Listing {
    Date seen;
    std::vector<ContractId> ids;  // by strike, puts and calls
  };

  ContractBook(const InstrumentMaster& master, const std::vector<ContractRow>& rows);

  /// What this answer names, if it may be traded; why not otherwise: another class, an adjusted
  /// series, another deliverable.
  [[nodiscard]] static std::expected<ContractRow, std::string> judge(const ContractData& data,
                                                                     Symbol root,
                                                                     std::int32_t under_con_id,
                                                                     Date today);
  /// Takes what is listed for one expiry; new contracts get their ids and are told. Rows that
  /// contradict what is known are refused for good and returned.
  [[nodiscard]] std::vector<ContractRow> list(Context& context, std::vector<ContractRow> rows);

  [[nodiscard]] std::optional<std::int32_t> con_id(ContractId id) const;
  [[nodiscard]] std::optional<ContractId> find(std::int32_t con_id) const;
  [[nodiscard]] std::optional<ContractId> find(const Contract& contract) const {
    return index_.find(contract);
  }
  [[nodiscard]] Contract contract(ContractId id) const { return index_.master()[id]; }
  [[nodiscard]] const InstrumentMaster& master() const { return index_.master(); }
  [[nodiscard]] bool knows(ContractId id) const { return index_.master().knows(id); }
  /// As a request names it; needs a known conId.
  [[nodiscard]] WireContract wire(ContractId id) const;
  [[nodiscard]] const Listing* listing(Symbol root, Date expiry) const;

  void learn(const MarketRule& rule);
  [[nodiscard]] bool knows_rule(std::int32_t rule) const { return rules_.contains(rule); }
  /// The broker's step for one option at this price; absent: not told.
  [[nodiscard]] std::optional<Price> step(ContractId id, Price price) const;

 private:
  void keep(ContractId id, const ContractRow& entry);

  ContractIndex index_;
  std::vector<ContractRow> rows_;  // by id; conId 0: not known
  std::unordered_map<std::int32_t, ContractId> by_con_id_;
  std::set<std::int32_t> contradicted_;
  std::map<std::pair<Symbol, Date>, Listing> listings_;
  std::map<std::int32_t, std::vector<std::pair<Price, Price>>> rules_;  // from this price, step
};

}  // namespace v6::ibkr
