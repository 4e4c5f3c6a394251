#include "ibkr/quote_desk.hpp"

#include <algorithm>
#include <set>

#include "base/enum_text.hpp"
#include "calendar/new_york.hpp"

namespace v6::ibkr {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kFreshEnough{1'000};  // an older quote is asked for again
constexpr seconds kGreeksWithin{1};
constexpr seconds kHoldingsEvery{15};
constexpr seconds kRenewHoldingsAfter{10};
constexpr seconds kLevelsEvery{5};

}  // namespace

std::optional<std::size_t> QuoteDesk::place_of(ContractId id) const {
  if (!book_->knows(id)) { return std::nullopt; }
  return discovery_->place(book_->contract(id).underlying());
}

bool QuoteDesk::in_session(Symbol underlying) const {
  for (const Instrument& instrument : instrument_table()) {
    if (instrument.underlying != underlying) { continue; }
    const auto session = c_->calendar->session(new_york_date(c_->now), instrument.session);
    return session && session->open <= c_->now && c_->now < session->close;
  }
  return false;
}

void QuoteDesk::request(const RequestQuotes& request) {
  Asked asked{.request = request, .since = c_->now, .deadline = c_->in(c_->settings.chain.answer)};
  if (!request.contracts.empty()) { asked.place = place_of(request.contracts.front()); }
  const auto stale = [&](Instant at) { return c_->now - at > c_->patient(kFreshEnough); };
  const auto quiet = [&](const Line& line) { return stale(line.since); };
  for (const ContractId id : request.contracts) {
    const LineKey key = LineKey::of(id);
    const Line* line = lines_->find(key);
    const bool old =
        line != nullptr && (line->both_told() ? stale(line->quoted_at()) : quiet(*line));
    static_cast<void>(lines_->want(key, Owner::kAsk));
    if (old) { lines_->renew(key); }
  }
  if (asked.place) {
    const auto level = lines_->level(*asked.place);
    const Line* under = lines_->find(LineKey::of_target(*asked.place));
    if (level ? stale(level->at) : under != nullptr && quiet(*under)) {
      lines_->renew(LineKey::of_target(*asked.place));
    }
  }
  asks_.push_back(std::move(asked));
}

void QuoteDesk::hold(std::vector<ContractId> legs) {
  for (const ContractId id : held_) {
    if (std::ranges::find(legs, id) == legs.end()) {
      lines_->release(LineKey::of(id), Owner::kHold);
    }
  }
  held_ = std::move(legs);
  holdings_due_ = std::min(holdings_due_, c_->now);
}

void QuoteDesk::stream() {
  for (std::size_t place = 0; place < discovery_->size(); ++place) {
    const LineKey key = LineKey::of_target(place);
    if (discovery_->con_id(place) != 0 && lines_->find(key) == nullptr) {
      static_cast<void>(lines_->want(key, Owner::kStream));
    }
  }
  for (const ContractId id : held_) {
    const Line* line = lines_->find(LineKey::of(id));
    if (book_->con_id(id) && (line == nullptr || !line->owned_by(Owner::kHold))) {
      static_cast<void>(lines_->want(LineKey::of(id), Owner::kHold));
    }
  }
}

std::optional<LegQuote> QuoteDesk::leg(ContractId id) const {
  const Line* line = lines_->find(LineKey::of(id));
  if (line == nullptr || !line->both_told()) { return std::nullopt; }
  const auto quote = line->quote();
  if (!quote) { return std::nullopt; }
  bool halted = line->halted.value_or(false);
  if (const auto place = place_of(id)) {
    const Line* under = lines_->find(LineKey::of_target(*place));
    halted = halted || (under != nullptr && under->halted.value_or(false));
  }
  return LegQuote{.contract = id,
                  .quote = *quote,
                  .at = line->quoted_at(),
                  .kind = line->certain_kind(),
                  .halted = halted,
                  .open_interest = line->open_interest,
                  .broker_iv = line->model_iv,
                  .broker_delta = line->model_delta};
}

bool QuoteDesk::ready(const Asked& asked) const {
  if (c_->now >= asked.deadline) { return true; }
  if (!asked.place || !lines_->level(*asked.place)) { return false; }
  return std::ranges::all_of(asked.request.contracts, [&](ContractId id) {
    const LineKey key = LineKey::of(id);
    const Line* line = lines_->find(key);
    if (line == nullptr || line->req_id == 0) {
      // Wait for a line that may come free; not for one that never will.
      return lines_->blocked(key) || !book_->con_id(id);
    }
    return line->both_told() &&
           (line->model_told || c_->now >= asked.since + c_->patient(kGreeksWithin));
  });
}

void QuoteDesk::answer(const Asked& asked) {
  LegQuotesArrived arrived{.request = asked.request.request};
  if (const auto level = asked.place ? lines_->level(*asked.place) : std::nullopt) {
    if (const auto spot = Price::from_dollars(level->value)) {
      arrived.spot = *spot;
      arrived.spot_at = level->at;
    }
  }
  for (const ContractId id : asked.request.contracts) {
    if (auto quote = leg(id)) { arrived.quotes.push_back(*quote); }
  }
  std::vector<ContractId> others;
  for (const Asked& other : asks_) {
    if (other.request.request != asked.request.request) {
      others.insert(others.end(), other.request.contracts.begin(), other.request.contracts.end());
    }
  }
  for (const ContractId id : asked.request.contracts) {
    if (std::ranges::find(others, id) == others.end()) {
      lines_->release(LineKey::of(id), Owner::kAsk);
    }
  }
  c_->tell(std::move(arrived));
}

void QuoteDesk::pump() {
  for (std::size_t i = 0; i < asks_.size();) {
    for (const ContractId id : asks_[i].request.contracts) {
      if (lines_->find(LineKey::of(id)) == nullptr) {
        static_cast<void>(lines_->want(LineKey::of(id), Owner::kAsk));
      }
    }
    if (!ready(asks_[i])) {
      ++i;
      continue;
    }
    answer(asks_[i]);
    asks_.erase(asks_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  tell_levels();
  tell_holdings();
}

void QuoteDesk::give_up() {
  while (!asks_.empty()) {
    answer(asks_.front());
    asks_.erase(asks_.begin());
  }
}

void QuoteDesk::tell_levels() {
  for (std::size_t place = 0; place < discovery_->size(); ++place) {
    const Line* line = lines_->find(LineKey::of_target(place));
    if (line == nullptr) { continue; }
    Told& told = told_[place];
    const Symbol symbol = discovery_->symbol(place);
    if (line->halted && *line->halted != told.halted) {
      told.halted = *line->halted;
      c_->tell(UnderlyingHalted{.underlying = symbol, .halted = told.halted});
    }
    if (line->kind && line->kind != told.kind) {
      told.kind = line->kind;
      if (*line->kind != QuoteKind::kLive) {
        c_->notice(AlertLevel::kCritical, "quotes of {} are {}, not live: nothing opens on them",
                   symbol.text(), word(*line->kind));
      }
    }
    const auto level = lines_->level(place);
    if (!level || line->certain_kind() != QuoteKind::kLive || level->value == told.level ||
        c_->now - told.at < kLevelsEvery) {
      continue;
    }
    told.level = level->value;
    told.at = c_->now;
    c_->tell(IndexLevelChanged{.level = {.index = symbol, .level = level->value}});
  }
}

void QuoteDesk::tell_holdings() {
  if (held_.empty() || c_->now < holdings_due_) { return; }
  holdings_due_ = c_->now + kHoldingsEvery;
  std::map<std::size_t, HoldingsQuoted> quoted;
  std::vector<LineKey> old;
  for (const ContractId id : held_) {
    const auto place = place_of(id);
    const auto level = place ? lines_->level(*place) : std::nullopt;
    const Symbol underlying = book_->knows(id) ? book_->contract(id).underlying() : Symbol{};
    if (!place || !in_session(underlying)) { continue; }
    const auto quote = leg(id);
    const Line* line = lines_->find(LineKey::of(id));
    const Instant told = quote ? quote->at : line != nullptr ? line->since : c_->now;
    if (c_->now - told > c_->patient(kRenewHoldingsAfter)) { old.push_back(LineKey::of(id)); }
    if (!level || !quote) { continue; }
    const auto spot = Price::from_dollars(level->value);
    if (!spot) { continue; }
    HoldingsQuoted& holdings = quoted[*place];
    holdings.underlying = underlying;
    holdings.spot = *spot;
    holdings.spot_at = level->at;
    holdings.quotes.push_back(*quote);
  }
  for (auto& [place, holdings] : quoted) {
    if (c_->now - holdings.spot_at > c_->patient(kRenewHoldingsAfter)) {
      old.push_back(LineKey::of_target(place));
    }
    c_->tell(std::move(holdings));
  }
  // A quiet market tells nothing by itself: a renewed line proves that the quote still stands.
  for (const LineKey key : old) { lines_->renew(key); }
}

std::optional<Instant> QuoteDesk::next() const {
  std::optional<Instant> first;
  const auto consider = [&](Instant at) {
    if (at > c_->now) { first = std::min(first.value_or(at), at); }
  };
  for (const Asked& asked : asks_) {
    consider(asked.deadline);
    consider(asked.since + c_->patient(kGreeksWithin));
  }
  if (!held_.empty()) { consider(holdings_due_); }
  for (const auto& [place, told] : told_) { consider(told.at + kLevelsEvery); }
  return first;
}

void QuoteDesk::shift(Duration by) {
  for (Asked& asked : asks_) {
    asked.since += by;
    asked.deadline += by;
  }
}

}  // namespace v6::ibkr
