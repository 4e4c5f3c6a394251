#include "ibkr/quote_lines.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace v6::ibkr {
namespace {

constexpr std::array<std::string_view, 4> kOwnerWords{"open legs", "underlyings", "candidates",
                                                      "research"};

std::uint8_t bit(Owner owner) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(owner));
}

/// The strongest of those who want a line.
Owner strongest(std::uint8_t owners) { return static_cast<Owner>(std::countr_zero(owners)); }

/// Delayed ticks have numbers of their own.
int plain_tick(int type, bool& delayed) {
  delayed = true;
  switch (type) {
    case 66: return 1;
    case 67: return 2;
    case 68: return 4;
    case 69: return 0;
    case 70: return 3;
    case 71: return 5;
    case 74: return 8;
    case 75: return 9;
    case 83: return 13;
    default: delayed = false; return type;
  }
}

std::uint32_t count_of(const std::optional<Size>& size) {
  if (!size || !(size->value > 0)) { return 0; }
  return static_cast<std::uint32_t>(std::min(size->value, 4e9));
}

}  // namespace

std::optional<Quote> Line::quote() const {
  if (!bid.price || !ask.price) { return std::nullopt; }
  const auto low = Price::from_dollars(*bid.price);
  const auto high = Price::from_dollars(*ask.price);
  if (!low || !high) { return std::nullopt; }
  return Quote{.bid = *low, .ask = *high};
}

const Line* QuoteLines::find(LineKey key) const {
  const auto found = lines_.find(key);
  return found == lines_.end() ? nullptr : &found->second;
}

Line* QuoteLines::by_request(std::int32_t req_id) {
  const auto found = by_request_.find(req_id);
  return found == by_request_.end() ? nullptr : found->second;
}

bool QuoteLines::want(LineKey key, Owner owner) {
  if (blocked_.contains(key)) { return false; }
  const auto [at, fresh] = lines_.try_emplace(key, Line{.key = key});
  Line& line = at->second;
  line.owners |= bit(owner);
  if (line.req_id != 0 || subscribe(line, owner)) { return true; }
  // Lasting wishes wait for a line; passing ones come again.
  if (owner == Owner::kAsk || owner == Owner::kSweep) { release(key, owner); }
  return false;
}

bool QuoteLines::make_room(Owner owner) {
  Line* weakest = nullptr;
  for (auto& [req_id, line] : by_request_) {
    if (strongest(line->owners) <= owner) { continue; }
    // Of equals the youngest goes: its answer is farthest away. Ids order them.
    if (weakest == nullptr || strongest(line->owners) > strongest(weakest->owners) ||
        (strongest(line->owners) == strongest(weakest->owners) && line->req_id > weakest->req_id)) {
      weakest = line;
    }
  }
  if (weakest == nullptr) { return false; }
  ++evicted_;
  ++evictions_[{strongest(weakest->owners), owner}];
  const LineKey key = weakest->key;
  cancel(*weakest);
  lines_.erase(key);
  return true;
}

bool QuoteLines::subscribe(Line& line, Owner owner) {
  if (line.key.option ? !book_->con_id(ContractId{line.key.number})
                      : discovery_->con_id(line.key.number) == 0) {
    return false;
  }
  if (by_request_.size() >= budget_ && !make_room(owner)) { return false; }
  const std::uint8_t owners = line.owners;
  line = Line{.key = line.key,
              .req_id = c_->ids.next(),
              .owners = owners,
              .lane = owner == Owner::kSweep ? Lane::kLast : Lane::kNormal,
              .since = c_->now};
  by_request_.emplace(line.req_id, &line);
  ReqMktData request{.req_id = line.req_id};
  if (line.key.option) {
    request.contract = book_->wire(ContractId{line.key.number});
    request.generic_tick_list = "101";
  } else {
    request.contract = wire_underlying(discovery_->symbol(line.key.number));
    request.contract.con_id = discovery_->con_id(line.key.number);
  }
  c_->outbox.queue(line.lane, request);
  return true;
}

void QuoteLines::cancel(Line& line) {
  if (line.req_id == 0) { return; }
  c_->outbox.queue(line.lane, CancelMktData{.req_id = line.req_id});
  by_request_.erase(line.req_id);
  line.req_id = 0;
}

void QuoteLines::release(LineKey key, Owner owner) {
  const auto found = lines_.find(key);
  if (found == lines_.end()) { return; }
  Line& line = found->second;
  if ((line.owners & static_cast<std::uint8_t>(~bit(owner))) != 0) {
    line.owners &= static_cast<std::uint8_t>(~bit(owner));
    return;
  }
  cancel(line);
  lines_.erase(found);
}

void QuoteLines::renew(LineKey key) {
  const auto found = lines_.find(key);
  if (found == lines_.end()) { return; }
  Line& line = found->second;
  const Owner owner = strongest(line.owners);
  cancel(line);
  static_cast<void>(subscribe(line, owner));
}

void QuoteLines::renew_all() {
  std::vector<LineKey> keys;
  for (const auto& [key, line] : lines_) { keys.push_back(key); }
  for (const LineKey key : keys) { renew(key); }
}

void QuoteLines::lost() {
  by_request_.clear();
  blocked_.clear();
  budget_ = static_cast<std::size_t>(c_->settings.lines);
  for (auto at = lines_.begin(); at != lines_.end();) {
    Line& line = at->second;
    const auto lasting =
        static_cast<std::uint8_t>(line.owners & (bit(Owner::kHold) | bit(Owner::kStream)));
    line = Line{.key = line.key, .owners = lasting};
    at = lasting == 0 ? lines_.erase(at) : std::next(at);
  }
}

void QuoteLines::resubscribe() {
  std::vector<LineKey> keys;
  for (const auto& [key, line] : lines_) {
    if (line.req_id == 0 && !blocked_.contains(key)) { keys.push_back(key); }
  }
  for (const Owner owner : {Owner::kHold, Owner::kStream, Owner::kAsk, Owner::kSweep}) {
    for (const LineKey key : keys) {
      const auto found = lines_.find(key);
      if (found != lines_.end() && strongest(found->second.owners) == owner) {
        static_cast<void>(subscribe(found->second, owner));
      }
    }
  }
}

void QuoteLines::forget_quotes() {
  for (auto& [key, line] : lines_) {
    line = Line{.key = key,
                .req_id = line.req_id,
                .owners = line.owners,
                .lane = line.lane,
                .since = line.since};
  }
}

bool QuoteLines::on(const TickPrice& tick) {
  Line* line = by_request(tick.req_id);
  if (line == nullptr) { return false; }
  bool delayed = false;
  const int type = plain_tick(tick.tick_type, delayed);
  if (delayed) { line->kind = QuoteKind::kDelayed; }
  const auto take = [&](SideQuote& side) {
    side = {.told = true, .price = tick.price, .size = count_of(tick.size), .at = c_->now};
    // No option and no index costs less than nothing.
    if (side.price && *side.price < 0) { side.price.reset(); }
  };
  switch (type) {
    case 1: take(line->bid); return true;
    case 2: take(line->ask); return true;
    case 4: take(line->last); return true;
    default: return false;
  }
}

bool QuoteLines::on(const TickSize& tick) {
  Line* line = by_request(tick.req_id);
  if (line == nullptr) { return false; }
  bool delayed = false;
  switch (plain_tick(tick.tick_type, delayed)) {
    case 0: line->bid.size = count_of(tick.size); return true;
    case 3: line->ask.size = count_of(tick.size); return true;
    case 8: line->volume = count_of(tick.size); return true;
    case 27:
    case 28: {
      if (!line->key.option) { return false; }
      const bool call = book_->contract(ContractId{line->key.number}).right == OptionRight::kCall;
      if (call == (tick.tick_type == 27)) { line->open_interest = count_of(tick.size); }
      return true;
    }
    default: return false;
  }
}

bool QuoteLines::on(const TickOptionComputation& tick) {
  Line* line = by_request(tick.req_id);
  bool delayed = false;
  if (line == nullptr || plain_tick(tick.tick_type, delayed) != 13) { return false; }
  const auto sane = [](std::optional<double> value, double limit) {
    return value && std::abs(*value) <= limit ? value : std::nullopt;
  };
  line->model_told = true;
  line->model_iv = sane(tick.implied_vol, 100);
  line->model_delta = sane(tick.delta, 1);
  line->model_gamma = sane(tick.gamma, 1'000);
  return true;
}

bool QuoteLines::on(const TickGeneric& tick) {
  Line* line = by_request(tick.req_id);
  if (line == nullptr || tick.tick_type != 49 || !tick.value || *tick.value < 0) { return false; }
  line->halted = *tick.value > 0;
  return true;
}

bool QuoteLines::on(const MarketDataType& type) {
  Line* line = by_request(type.req_id);
  if (line == nullptr) { return false; }
  line->kind = type.market_data_type == 1   ? QuoteKind::kLive
               : type.market_data_type == 2 ? QuoteKind::kFrozen
                                            : QuoteKind::kDelayed;
  return true;
}

bool QuoteLines::on_error(std::int32_t req_id, DataNews news) {
  Line* line = by_request(req_id);
  if (line == nullptr) { return false; }
  const auto forget = [&] {
    by_request_.erase(req_id);
    const LineKey key = line->key;
    *line = Line{.key = key, .owners = line->owners};
    return key;
  };
  switch (news) {
    case DataNews::kWarning: break;
    case DataNews::kAskAgain: renew(line->key); break;
    case DataNews::kEnds:
    case DataNews::kNotPermitted: {
      const LineKey key = forget();
      blocked_.insert(key);
      break;
    }
    case DataNews::kNoLine:
      static_cast<void>(forget());
      // Somebody else uses some of the lines that we were promised.
      budget_ = std::max<std::size_t>(by_request_.size(), 1);
      break;
  }
  return true;
}

std::string QuoteLines::take_evictions() {
  std::string text;
  for (const auto& [who, count] : evictions_) {
    text += fmt::format("{}{} line{} of {} gave way to {}", text.empty() ? "" : "; ", count,
                        count == 1 ? "" : "s", kOwnerWords[static_cast<std::size_t>(who.first)],
                        kOwnerWords[static_cast<std::size_t>(who.second)]);
  }
  evictions_.clear();
  return text;
}

std::optional<TimedValue> QuoteLines::level(std::size_t place) const {
  const Line* line = find(LineKey::of_target(place));
  if (line == nullptr) { return std::nullopt; }
  if (!discovery_->is_index(place) && line->bid.price && line->ask.price && *line->bid.price > 0 &&
      *line->bid.price <= *line->ask.price) {
    return TimedValue{.at = std::max(line->bid.at, line->ask.at),
                      .value = (*line->bid.price + *line->ask.price) / 2};
  }
  if (line->last.price && *line->last.price > 0) {
    return TimedValue{.at = line->last.at, .value = *line->last.price};
  }
  return std::nullopt;
}

}  // namespace v6::ibkr
