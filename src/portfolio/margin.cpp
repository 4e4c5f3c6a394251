#include "portfolio/margin.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "base/check.hpp"
#include "base/enum_text.hpp"
#include "portfolio/margin_rules.hpp"

namespace v6 {
namespace {

/// How many of each lot: a group, or a whole book.
using Counts = std::vector<std::int32_t>;

/// Pairings compared: first by positions that no rule takes, then by what they ask; of equal ones
/// the more telling: named shapes rather than general spreads, then few groups.
struct Cost {
  std::int64_t forbidden = 0;
  std::int64_t requirement = 0;  // ten-thousandths of a dollar
  std::int64_t plainness = 0;

  friend auto operator<=>(const Cost&, const Cost&) = default;
  friend Cost operator+(const Cost& a, const Cost& b) {
    return {a.forbidden + b.forbidden, a.requirement + b.requirement, a.plainness + b.plainness};
  }
  friend Cost operator*(const Cost& a, std::int64_t times) {
    return {a.forbidden * times, a.requirement * times, a.plainness * times};
  }
};

constexpr Cost kNever{.forbidden = std::numeric_limits<std::int64_t>::max()};

/// Parts of a book that the exact search may look at, a millisecond's worth: twelve different legs,
/// or four legs seven times over; and contracts in it.
constexpr std::size_t kMostParts = 4096;
constexpr std::int64_t kMostUnits = 64;

/// Larger books are mistakes; the sums of smaller ones stay exact.
constexpr std::int64_t kMostContracts = 100'000;
constexpr std::int64_t kMostShares = kMostContracts * 100;

/// Groups that were chosen, each with how often.
using Pairing = std::vector<std::pair<Counts, std::int64_t>>;

/// The lots of a book with what their groups cost.
class Lots {
 public:
  Lots(std::vector<MarginLot> lots, std::optional<Price> spot, MarginTerms terms)
      : lots_{std::move(lots)}, spot_{spot}, terms_{terms} {}

  [[nodiscard]] std::size_t size() const { return lots_.size(); }
  [[nodiscard]] const MarginLot& operator[](std::size_t i) const { return lots_[i]; }

  [[nodiscard]] std::optional<MarginRuling> ruling(const Counts& group) const {
    std::vector<MarginPart> parts;
    for (std::size_t i = 0; i < group.size(); ++i) {
      if (group[i] > 0) { parts.push_back({.lot = &lots_[i], .count = group[i]}); }
    }
    return ruling_on(parts, spot_, terms_);
  }

  /// Absent where the group is none.
  [[nodiscard]] std::optional<Cost> cost(const Counts& group) const {
    const auto ruled = ruling(group);
    if (ruled) {
      const bool plain = ruled->shape == MarginShape::kSpread;
      return Cost{.requirement = ruled->requirement.raw(), .plainness = plain ? 100 : 1};
    }
    const bool single = std::accumulate(group.begin(), group.end(), 0) == 1;
    return single ? std::optional{Cost{.forbidden = 1}} : std::nullopt;
  }

  [[nodiscard]] Counts single(std::size_t lot) const {
    Counts group(lots_.size());
    group[lot] = 1;
    return group;
  }

 private:
  std::vector<MarginLot> lots_;
  std::optional<Price> spot_;
  MarginTerms terms_;
};

bool is_small(const Counts& book) {
  std::size_t parts = 1;
  std::int64_t units = 0;
  for (const std::int32_t count : book) {
    units += count;
    if (units > kMostUnits) { return false; }
    parts *= static_cast<std::size_t>(count) + 1;
    if (parts > kMostParts) { return false; }
  }
  return true;
}

Cost cost_of(const Lots& lots, const Pairing& pairing) {
  Cost sum;
  for (const auto& [group, times] : pairing) { sum = sum + *lots.cost(group) * times; }
  return sum;
}

/// The cheapest of all ways to cut the book into groups: for every part of it, smallest first, the
/// best first group and the best way for the rest. A group that costs no less than some cut of it
/// is never looked at again. Parts are numbered by mixed radix.
class Search {
 public:
  Search(const Lots& lots, const Counts& book) : lots_{lots}, book_{book}, groups_(book.size()) {
    for (const std::int32_t count : book) {
      weight_.push_back(parts_);
      parts_ *= static_cast<std::size_t>(count) + 1;
    }
    best_.resize(parts_, kNever);
    first_group_.resize(parts_);
  }

  [[nodiscard]] Pairing run() {
    best_[0] = {};
    for (std::size_t part = 1; part < parts_; ++part) { settle(part); }
    Pairing pairing;
    for (std::size_t part = parts_ - 1; part != 0; part -= first_group_[part]) {
      V6_CHECK(first_group_[part] != 0, "a part of a book that no group begins");
      pairing.emplace_back(counts_of(first_group_[part]), 1);
    }
    return pairing;
  }

 private:
  struct Group {
    std::size_t number = 0;
    std::uint64_t units = 0;
    Cost cost;
  };

  [[nodiscard]] Counts counts_of(std::size_t part) const {
    Counts counts(book_.size());
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const std::size_t radix = static_cast<std::size_t>(book_[i]) + 1;
      counts[i] = static_cast<std::int32_t>(part / weight_[i] % radix);
    }
    return counts;
  }

  /// A bit for each unit of each lot, so that one part holds another if it has all its bits.
  [[nodiscard]] std::uint64_t units_of(const Counts& counts) const {
    std::uint64_t units = 0;
    int place = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      for (int unit = 0; unit < counts[i]; ++unit) { units |= std::uint64_t{1} << (place + unit); }
      place += book_[i];
    }
    return units;
  }

  void settle(std::size_t part) {
    const Counts counts = counts_of(part);
    const std::uint64_t units = units_of(counts);
    std::size_t first = 0;
    while (counts[first] == 0) { ++first; }
    for (const Group& group : groups_[first]) {
      if ((group.units & ~units) != 0) { continue; }
      const Cost whole = group.cost + best_[part - group.number];
      if (whole < best_[part]) {
        best_[part] = whole;
        first_group_[part] = group.number;
      }
    }
    const auto cost = lots_.cost(counts);
    if (cost && *cost < best_[part]) {
      best_[part] = *cost;
      first_group_[part] = part;
      groups_[first].push_back({.number = part, .units = units, .cost = *cost});
    }
  }

  const Lots& lots_;
  const Counts& book_;
  std::size_t parts_ = 1;
  std::vector<std::size_t> weight_;
  std::vector<std::vector<Group>> groups_;  // by the first lot in them
  std::vector<Cost> best_;                  // of each part
  std::vector<std::size_t> first_group_;    // of that way
};

/// Lots one by one, then always the two groups joined whose joining saves most.
class Joining {
 public:
  Joining(const Lots& lots, const Counts& book) : lots_{lots}, book_{book} {
    for (std::size_t i = 0; i < book.size(); ++i) {
      if (book[i] > 0) { groups_.emplace_back(lots.single(i), book[i]); }
    }
  }

  [[nodiscard]] Pairing run() {
    while (join_two()) {}
    std::erase_if(groups_, [](const auto& group) { return group.second == 0; });
    // Two by two does not always get there; the whole as one spread is worth a look.
    const auto whole = lots_.cost(book_);
    if (whole && *whole < cost_of(lots_, groups_)) { return {{book_, 1}}; }
    return std::move(groups_);
  }

 private:
  [[nodiscard]] static Counts sum(const Counts& a, const Counts& b) {
    Counts both = a;
    for (std::size_t i = 0; i < both.size(); ++i) { both[i] += b[i]; }
    return both;
  }

  bool join_two() {
    Cost most;
    std::pair<std::size_t, std::size_t> pair;
    for (std::size_t a = 0; a < groups_.size(); ++a) {
      for (std::size_t b = a + 1; b < groups_.size(); ++b) {
        if (groups_[a].second == 0 || groups_[b].second == 0) { continue; }
        const Cost change = change_by_joining(a, b);
        if (change < most) {
          most = change;
          pair = {a, b};
        }
      }
    }
    // A finer name alone is no reason.
    if (most.forbidden == 0 && most.requirement == 0) { return false; }
    const auto [a, b] = pair;
    const std::int64_t times = std::min(groups_[a].second, groups_[b].second);
    Counts joined = sum(groups_[a].first, groups_[b].first);
    groups_[a].second -= times;
    groups_[b].second -= times;
    groups_.emplace_back(std::move(joined), times);
    return true;
  }

  /// What joining one of each changes; nothing where the two make no group.
  [[nodiscard]] Cost change_by_joining(std::size_t a, std::size_t b) {
    const auto [known, is_new] = changes_.try_emplace({a, b});
    if (is_new) {
      const Counts& one = groups_[a].first;
      const Counts& other = groups_[b].first;
      const auto joined = lots_.cost(sum(one, other));
      if (joined) { known->second = *joined + (*lots_.cost(one) + *lots_.cost(other)) * -1; }
    }
    return known->second;
  }

  const Lots& lots_;
  const Counts& book_;
  Pairing groups_;
  std::map<std::pair<std::size_t, std::size_t>, Cost> changes_;  // by places, which never move
};

/// A book too large to try everything: each expiry by itself, exactly where that is small, or all
/// by joining; whichever asks less.
Pairing pair_large(const Lots& lots, const Counts& book) {
  std::map<std::optional<Date>, Counts> expiries;
  for (std::size_t i = 0; i < lots.size(); ++i) {
    const auto expiry = lots[i].option ? std::optional{lots[i].option->expiry} : std::nullopt;
    expiries.try_emplace(expiry, Counts(book.size())).first->second[i] = book[i];
  }
  Pairing apart;
  for (const auto& [expiry, part] : expiries) {
    Pairing pairing = is_small(part) ? Search{lots, part}.run() : Joining{lots, part}.run();
    apart.insert(apart.end(), pairing.begin(), pairing.end());
  }
  Pairing joined = Joining{lots, book}.run();
  return cost_of(lots, joined) < cost_of(lots, apart) ? joined : apart;
}

/// The book as lots, sorted, and how many of each.
struct Prepared {
  std::vector<MarginLot> lots;
  Counts counts;
  std::optional<MarginLot> odd;  // shares that make no whole lot
};

Prepared prepare(const MarginBook& book) {
  std::map<Contract, std::pair<std::int32_t, Price>> net;
  for (const MarginLeg& leg : book.legs) {
    auto& [quantity, price] = net[leg.contract];
    quantity += leg.quantity.raw();
    price = std::max(price, leg.price);
  }
  Prepared prepared;
  std::int64_t lot_size = Multiplier{}.raw();
  for (const auto& [contract, held] : net) {
    const auto& [quantity, price] = held;
    if (quantity == 0) { continue; }
    const Multiplier multiplier = contract.multiplier();
    if (prepared.lots.empty()) { lot_size = multiplier.raw(); }
    prepared.lots.push_back({.option = contract,
                             .side = quantity > 0 ? 1 : -1,
                             .value = premium(price, multiplier, Contracts{1}),
                             .units = multiplier.raw(),
                             .percentage = contract.instrument().broad_based ? 15 : 20});
    prepared.counts.push_back(std::abs(quantity));
  }
  const std::int64_t size = std::abs(book.shares);
  const int side = book.shares > 0 ? 1 : -1;
  if (size >= lot_size) {
    prepared.lots.push_back({.option = {}, .side = side, .units = lot_size});
    prepared.counts.push_back(static_cast<std::int32_t>(size / lot_size));
  }
  if (size % lot_size != 0) {
    prepared.odd = MarginLot{.option = {}, .side = side, .units = size % lot_size};
  }
  return prepared;
}

std::string name_of(const MarginLot& lot) {
  const std::string_view side = lot.side > 0 ? "bought" : "sold";
  return lot.option ? fmt::format("{} {}", lot.option->text(), side)
                    : fmt::format("shares {}", side);
}

std::optional<MarginError> fault_in(const MarginBook& book) {
  std::int64_t contracts = 0;
  for (const MarginLeg& leg : book.legs) {
    if (leg.contract.underlying() != book.legs.front().contract.underlying()) {
      return MarginError{MarginFault::kSeveralUnderlyings, leg.contract.text()};
    }
    if (leg.price < Price{}) { return MarginError{MarginFault::kBadPrice, leg.contract.text()}; }
    contracts += std::abs(std::int64_t{leg.quantity.raw()});
    if (contracts > kMostContracts) {
      return MarginError{MarginFault::kTooLarge, leg.contract.text()};
    }
  }
  if (book.shares > kMostShares || book.shares < -kMostShares) {
    return MarginError{MarginFault::kTooLarge, "shares"};
  }
  if (book.spot && *book.spot <= Price{}) {
    return MarginError{MarginFault::kBadPrice, "underlying"};
  }
  return std::nullopt;
}

/// The largest number that all counts are multiples of.
std::int32_t common_of(const Counts& counts) {
  std::int32_t common = 0;
  for (const std::int32_t count : counts) { common = std::gcd(common, count); }
  return std::max(common, 1);
}

/// The groups to margin a book as, each with how often.
struct Cut {
  std::map<Counts, std::int64_t, std::greater<>> groups;
  bool exact = true;
};

Cut cut(const Lots& lots, Counts counts) {
  Cut answer{.exact = is_small(counts)};
  std::int32_t scale = 1;
  if (!answer.exact) {
    // Ten condors are margined as ten times one.
    scale = common_of(counts);
    for (std::int32_t& count : counts) { count /= scale; }
  }
  const Pairing pairing = is_small(counts) ? Search{lots, counts}.run() : pair_large(lots, counts);
  for (const auto& [group, times] : pairing) { answer.groups[group] += times * scale; }
  return answer;
}

/// The item of a group that occurs `times` over.
MarginItem item_of(const Lots& lots, const Counts& group, const MarginRuling& ruling,
                   std::int64_t times) {
  MarginItem item{.shape = ruling.shape,
                  .requirement = ruling.requirement * times,
                  .proceeds = ruling.proceeds * times};
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (group[i] == 0) { continue; }
    const MarginLot& lot = lots[i];
    const std::int64_t count = times * lot.side * group[i];
    if (!lot.option) {
      item.shares += count * lot.units;
      continue;
    }
    item.legs.push_back({.contract = *lot.option,
                         .quantity = Contracts{static_cast<std::int32_t>(count)},
                         .price = Price::from_raw(lot.value.raw() / lot.units)});
  }
  return item;
}

/// Shares that make no lot. Absent where the account may not hold them.
std::optional<MarginItem> odd_item(const MarginLot& odd, std::optional<Price> spot,
                                   MarginTerms terms) {
  const MarginPart part{.lot = &odd, .count = 1};
  const auto ruling = ruling_on({&part, 1}, spot, terms);
  if (!ruling) { return std::nullopt; }
  return MarginItem{
      .shape = ruling->shape, .shares = odd.side * odd.units, .requirement = ruling->requirement};
}

}  // namespace

std::string MarginError::text() const {
  switch (fault) {
    case MarginFault::kSeveralUnderlyings: return what + ": a leg of another underlying";
    case MarginFault::kBadPrice:
      return what + ": an option is worth 0 or more, the underlying more than 0";
    case MarginFault::kTooLarge:
      return fmt::format("{}: more than {} contracts or {} shares", what, kMostContracts,
                         kMostShares);
    case MarginFault::kNoSpot: return what + ": needs the price of the underlying";
    case MarginFault::kNotAllowed: return what + ": a cash account may not hold it";
  }
  return what;
}

std::expected<MarginRequirement, MarginError> margin_of(const MarginBook& book, MarginTerms terms) {
  if (auto fault = fault_in(book)) { return std::unexpected{std::move(*fault)}; }
  Prepared prepared = prepare(book);
  const Lots lots{std::move(prepared.lots), book.spot, terms};
  const auto refused = [&](const MarginLot& lot) {
    const bool known = terms.account == AccountKind::kCash && book.spot;
    return std::unexpected{
        MarginError{known ? MarginFault::kNotAllowed : MarginFault::kNoSpot, name_of(lot)}};
  };

  const Cut chosen = cut(lots, std::move(prepared.counts));
  MarginRequirement answer{.exact = chosen.exact};
  for (const auto& [group, times] : chosen.groups) {
    const auto ruling = lots.ruling(group);
    if (!ruling) {
      const auto at = std::ranges::find(group, 1) - group.begin();
      return refused(lots[static_cast<std::size_t>(at)]);
    }
    answer.items.push_back(item_of(lots, group, *ruling, times));
  }
  if (prepared.odd) {
    auto item = odd_item(*prepared.odd, book.spot, terms);
    if (!item) { return refused(*prepared.odd); }
    answer.items.push_back(*std::move(item));
  }
  for (const MarginItem& item : answer.items) {
    answer.requirement += item.requirement;
    answer.proceeds += item.proceeds;
  }
  return answer;
}

}  // namespace v6
