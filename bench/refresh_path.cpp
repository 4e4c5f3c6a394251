#include "bench/refresh_path.hpp"

#include <span>

#include "bench/ticks.hpp"

namespace v6::bench {
namespace {

template <class T>
std::span<T> part_of(std::vector<T>& values, std::size_t first, std::size_t count) {
  return std::span{values}.subspan(first, count);
}

}  // namespace

Refresh::Refresh(const std::vector<Expiry>& chain) {
  for (const Expiry& expiry : chain) {
    parts_.push_back({expiry.slice, rights_.size(), expiry.rights.size()});
    rights_.insert(rights_.end(), expiry.rights.begin(), expiry.rights.end());
    strikes_.insert(strikes_.end(), expiry.strikes.begin(), expiry.strikes.end());
  }
  for (auto& column : sides_) { column.resize(rights_.size()); }
  for (auto& column : volatilities_) { column.resize(rights_.size()); }
  for (auto& column : values_) { column.resize(rights_.size()); }
  errors_.resize(rights_.size());
}

void Refresh::decode(std::string_view messages) {
  understood_ = read_ticks(messages, sides_[kBid], sides_[kAsk]);
  for (std::size_t i = 0; i < rights_.size(); ++i) {
    sides_[kMid][i] = 0.5 * (sides_[kBid][i] + sides_[kAsk][i]);
  }
}

void Refresh::imply() {
  for (const auto& [slice, first, count] : parts_) {
    const BlackColumns options{.rights = part_of(rights_, first, count),
                               .strikes = part_of(strikes_, first, count)};
    for (const std::size_t side : {kBid, kMid, kAsk}) {
      implied_volatilities(slice, options, part_of(sides_[side], first, count),
                           {.volatilities = part_of(volatilities_[side], first, count),
                            .errors = part_of(errors_, first, count)});
    }
  }
}

void Refresh::value() {
  for (const auto& [slice, first, count] : parts_) {
    const auto column = [&](std::size_t i) { return part_of(values_[i], first, count); };
    black_values(
        slice,
        {.rights = part_of(rights_, first, count), .strikes = part_of(strikes_, first, count)},
        part_of(volatilities_[kMid], first, count),
        {.prices = column(0),
         .deltas = column(1),
         .gammas = column(2),
         .thetas = column(3),
         .vegas = column(4),
         .rhos = column(5)});
  }
}

double Refresh::sum() const {
  double total = 0;
  for (const auto& column : volatilities_) { total += column.back(); }
  for (const auto& column : values_) { total += column.back(); }
  return total;
}

double Refresh::run(std::string_view messages) {
  decode(messages);
  imply();
  value();
  return sum();
}

}  // namespace v6::bench
