#include "ibkr/combo_fills.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace v6::ibkr {
namespace {

constexpr char kJoin = '+';

std::vector<std::string> split_set(std::string_view name) {
  std::vector<std::string> roots;
  while (!name.empty()) {
    const std::size_t end = std::min(name.find(kJoin), name.size());
    roots.emplace_back(name.substr(0, end));
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return roots;
}

}  // namespace

std::optional<ExecutionId> parse_execution_id(std::string_view text) {
  const std::size_t dot = text.rfind('.');
  if (dot == std::string_view::npos || dot == 0) { return std::nullopt; }
  std::uint32_t revision = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + dot + 1, end, revision);
  if (error != std::errc{} || stop != end || text.find(kJoin) != std::string_view::npos) {
    return std::nullopt;
  }
  return ExecutionId{.root = std::string{text.substr(0, dot)}, .revision = revision};
}

ComboFills::ComboFills(OrderId order, Legs legs, const std::vector<ExecutionId>& booked)
    : order_{order}, legs_{std::move(legs)} {
  for (const ExecutionId& id : booked) {
    sets_[id.root] = {.roots = split_set(id.root), .told = id.revision};
  }
}

std::optional<std::size_t> ComboFills::leg_of(ContractId contract) const {
  for (std::size_t i = 0; i < legs_.size(); ++i) {
    if (legs_[i].contract == contract) { return i; }
  }
  return std::nullopt;
}

bool ComboFills::add(const LegExecution& execution) {
  const auto leg = leg_of(execution.contract);
  if (!leg || (execution.side == Side::kBuy) != (legs_[*leg].ratio > 0) || execution.shares <= 0) {
    return false;
  }
  const auto [at, fresh] = parts_.try_emplace(execution.id.root, Part{.execution = execution});
  Part& part = at->second;
  if (!fresh) {
    if (part.execution.id.revision < execution.id.revision) { part.execution = execution; }
    return true;
  }
  for (const auto& [name, set] : sets_) {
    if (std::ranges::find(set.roots, execution.id.root) != set.roots.end()) { part.set = name; }
  }
  return true;
}

void ComboFills::match() {
  while (match_equal()) {}
  match_rest();
}

/// One execution of the first leg with one of every other that is exactly its share.
bool ComboFills::match_equal() {
  for (const auto& [root, first] : parts_) {
    if (!first.set.empty() || first.execution.contract != legs_.front().contract) { continue; }
    const std::int32_t ratio = std::abs(legs_.front().ratio);
    if (first.execution.shares % ratio != 0) { continue; }
    const std::int32_t units = first.execution.shares / ratio;
    std::vector<std::string> roots{root};
    for (std::size_t i = 1; i < legs_.size(); ++i) {
      const auto other = std::ranges::find_if(parts_, [&](const auto& entry) {
        const Part& part = entry.second;
        return part.set.empty() && part.execution.contract == legs_[i].contract &&
               part.execution.shares == units * std::abs(legs_[i].ratio);
      });
      if (other != parts_.end()) { roots.push_back(other->first); }
    }
    if (roots.size() == legs_.size()) {
      make_set(roots, units);
      return true;
    }
  }
  return false;
}

/// Cut differently leg by leg, but together each leg's share.
void ComboFills::match_rest() {
  std::vector<std::string> roots;
  std::optional<std::int32_t> units;
  for (const Leg& leg : legs_) {
    std::int32_t shares = 0;
    for (const auto& [root, part] : parts_) {
      if (part.set.empty() && part.execution.contract == leg.contract) {
        shares += part.execution.shares;
        roots.push_back(root);
      }
    }
    const std::int32_t ratio = std::abs(leg.ratio);
    if (shares == 0 || shares % ratio != 0 || (units && *units != shares / ratio)) { return; }
    units = shares / ratio;
  }
  if (units) { make_set(roots, *units); }
}

void ComboFills::make_set(const std::vector<std::string>& roots, std::int32_t units) {
  const std::string name = fmt::format("{}", fmt::join(roots, std::string{kJoin}));
  sets_[name] = {.roots = roots, .units = units};
  for (const std::string& root : roots) { parts_.at(root).set = name; }
}

std::vector<OrderFilled> ComboFills::take(const FeeSchedule& fees, const InstrumentMaster& master) {
  match();
  std::vector<OrderFilled> fills;
  for (auto& [name, set] : sets_) {
    const bool whole =
        std::ranges::all_of(set.roots, [&](const auto& root) { return parts_.contains(root); });
    if (!whole) { continue; }  // booked by a run before this one; not all of it seen again
    OrderFilled filled{.order = order_, .execution = {.root = name}};
    std::vector<FeeLeg> charged;
    std::int32_t first_shares = 0;
    for (const std::string& root : set.roots) {
      const LegExecution& part = parts_.at(root).execution;
      filled.execution.revision += part.id.revision;
      filled.legs.push_back({.contract = part.contract,
                             .side = part.side,
                             .quantity = Contracts{part.shares},
                             .price = part.price});
      charged.push_back({.instrument = &master[part.contract].instrument(),
                         .side = part.side,
                         .price = part.price,
                         .quantity = Contracts{part.shares}});
      if (part.contract == legs_.front().contract) { first_shares += part.shares; }
    }
    set.units = first_shares / std::abs(legs_.front().ratio);
    if (filled.execution.revision <= set.told) { continue; }
    set.told = filled.execution.revision;
    set.charged = false;
    filled.quantity = Contracts{set.units};
    const std::vector<Money> estimate = order_fees(fees, charged);
    for (std::size_t i = 0; i < estimate.size(); ++i) { filled.legs[i].fees = estimate[i]; }
    fills.push_back(std::move(filled));
  }
  return fills;
}

void ComboFills::charge(const std::string& root, Money commission) {
  const auto found = parts_.find(root);
  if (found == parts_.end() || found->second.commission == commission) { return; }
  found->second.commission = commission;
  if (const auto set = sets_.find(found->second.set); set != sets_.end()) {
    set->second.charged = false;
  }
}

std::vector<CommissionReported> ComboFills::take_commissions() {
  std::vector<CommissionReported> reports;
  for (auto& [name, set] : sets_) {
    if (set.charged || set.told == 0) { continue; }
    std::map<ContractId, std::optional<Money>> sums;
    for (const std::string& root : set.roots) {
      const auto part = parts_.find(root);
      if (part == parts_.end()) { break; }
      auto& sum = sums.try_emplace(part->second.execution.contract, Money{}).first->second;
      sum = sum && part->second.commission ? std::optional{*sum + *part->second.commission}
                                           : std::nullopt;
    }
    if (sums.size() != legs_.size() ||
        std::ranges::any_of(sums, [](const auto& entry) { return !entry.second; })) {
      continue;
    }
    set.charged = true;
    for (const auto& [contract, sum] : sums) {
      reports.push_back({.order = order_,
                         .execution = {.root = name, .revision = set.told},
                         .contract = contract,
                         .fees = *sum});
    }
  }
  return reports;
}

std::int32_t ComboFills::units() const {
  std::int32_t units = 0;
  for (const auto& [name, set] : sets_) { units += set.units; }
  return units;
}

bool ComboFills::uneven() const {
  return std::ranges::any_of(parts_, [](const auto& entry) { return entry.second.set.empty(); });
}

}  // namespace v6::ibkr
