#include "ibkr/chain_rounds.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <tuple>

#include "calendar/new_york.hpp"

namespace v6::ibkr {
namespace {

using std::chrono::seconds;

constexpr seconds kGreeksWithin{1};     // after both sides
constexpr std::size_t kMostQueued = 8;  // of ours in the outbox, so that others get through
constexpr int kMostTries = 2;
constexpr int kFullEvery = 12;           // rounds; in between only strikes of interesting delta
constexpr double kFullAfterMove = 0.02;  // of the spot
constexpr double kDeltaMargin = 0.5;     // below the least and above the most, of the least

/// Why a contract's quote is not in the chain; null when it is.
const char* refusal(const Line& line, QuoteKind kind) {
  const auto quote = line.quote();
  if (!quote) {
    if (!line.bid.price && !line.ask.price) { return "no_quote"; }
    return "one_sided";
  }
  if (quote->ask <= Price{}) { return "no_quote"; }
  if (quote->crossed()) { return "crossed"; }
  if (line.certain_kind() != kind) { return "other_kind"; }
  return nullptr;
}

}  // namespace

std::int64_t ChainRounds::slot() const {
  return c_->now.time_since_epoch() / c_->settings.chain.every;
}

std::optional<Session> ChainRounds::open_session(std::size_t place) const {
  for (const Instrument& instrument : instrument_table()) {
    if (instrument.underlying != discovery_->symbol(place)) { continue; }
    const auto session = c_->calendar->session(new_york_date(c_->now), instrument.session);
    if (session && session->open <= c_->now && c_->now < session->close) { return session; }
    return std::nullopt;
  }
  return std::nullopt;
}

void ChainRounds::pump() {
  if (!round_) { start(); }
  if (round_) { advance(); }
}

void ChainRounds::start() {
  for (std::size_t place = 0; place < discovery_->size(); ++place) {
    Course& course = courses_[place];
    if (!discovery_->has_options(place) || course.slot == slot() || !open_session(place) ||
        !discovery_->complete(place)) {
      continue;
    }
    const auto spot = lines_->level(place);
    if (!spot) { continue; }
    course.slot = slot();
    const auto contracts = select(place, spot->value);
    if (contracts.empty()) {
      c_->notice(AlertLevel::kWarning, "{}: nothing is listed near the spot",
                 discovery_->symbol(place).text());
      continue;
    }
    ++course.rounds;
    round_ = Round{.place = place,
                   .deadline = c_->in(c_->settings.chain.at_most),
                   .spot = spot->value,
                   .queue = {contracts.begin(), contracts.end()}};
    return;
  }
}

std::vector<ContractId> ChainRounds::select(std::size_t place, double spot) {
  const ChainPlan& plan = c_->settings.chain;
  Course& course = courses_[place];
  const bool full = course.rounds % kFullEvery == 0 || course.full_at <= 0 ||
                    std::abs(spot / course.full_at - 1) > kFullAfterMove;
  if (full) { course.full_at = spot; }
  const double margin = kDeltaMargin * plan.least_delta;
  const Date today = new_york_date(c_->now);
  using Rank = std::tuple<bool, int, Contract>;
  std::vector<std::pair<Rank, ContractId>> chosen;
  for (const ContractId id : discovery_->contracts(place)) {
    const Contract contract = book_->contract(id);
    const bool held = held_.contains(id);
    const auto known = deltas_.find(id);
    const bool near = std::abs(contract.strike.dollars() / spot - 1) <= plan.first_reach;
    const bool by_delta =
        known == deltas_.end() || (std::abs(known->second) >= plan.least_delta - margin &&
                                   std::abs(known->second) <= plan.most_delta + margin);
    if (!held && !(near && (full || by_delta))) { continue; }
    const int far = std::abs(days_between(today, contract.expiry) - 45);
    chosen.emplace_back(Rank{!held, far, contract}, id);
  }
  std::ranges::sort(chosen);
  std::vector<ContractId> ids;
  for (const auto& [rank, id] : chosen) { ids.push_back(id); }
  return ids;
}

bool ChainRounds::answered(const Line& line, const Active& active) const {
  if (c_->now >= active.since + c_->patient(c_->settings.chain.answer)) { return true; }
  if (!line.both_told()) { return false; }
  return line.model_told || c_->now >= active.since + c_->patient(kGreeksWithin);
}

void ChainRounds::advance() {
  Round& round = *round_;
  if (const auto level = lines_->level(round.place)) { round.spot = level->value; }
  for (auto at = round.active.begin(); at != round.active.end();) {
    const ContractId id = at->first;
    const Line* line = lines_->find(LineKey::of(id));
    if (line == nullptr || line->req_id == 0) {
      // It gave way to something more important, or was refused.
      lines_->release(LineKey::of(id), Owner::kSweep);
      if (lines_->blocked(LineKey::of(id)) || ++round.tries[id] >= kMostTries) {
        round.told.try_emplace(id);
      } else {
        round.queue.push_back(id);
      }
      at = round.active.erase(at);
      continue;
    }
    if (!answered(*line, at->second)) {
      ++at;
      continue;
    }
    round.told.insert_or_assign(id, *line);
    if (line->model_delta) { deltas_[id] = *line->model_delta; }
    lines_->release(LineKey::of(id), Owner::kSweep);
    at = round.active.erase(at);
  }
  if (c_->now >= round.deadline) {
    finish();
    return;
  }
  while (!round.queue.empty() && c_->outbox.waiting(Lane::kLast) < kMostQueued) {
    const ContractId id = round.queue.front();
    if (lines_->blocked(LineKey::of(id)) || !book_->con_id(id)) {
      round.told.try_emplace(id);
      round.queue.pop_front();
      continue;
    }
    if (!lines_->want(LineKey::of(id), Owner::kSweep)) { break; }
    round.queue.pop_front();
    round.active.emplace(id, Active{.since = c_->now});
    c_->outbox.release(c_->now);
  }
  if (round.queue.empty() && round.active.empty()) { finish(); }
}

void ChainRounds::finish() {
  Round round = std::move(*round_);
  round_.reset();
  for (const auto& [id, active] : round.active) { lines_->release(LineKey::of(id), Owner::kSweep); }
  const Symbol symbol = discovery_->symbol(round.place);
  const Line* stream = lines_->find(LineKey::of_target(round.place));
  const auto spot = Price::from_dollars(round.spot);
  if (stream == nullptr || !spot) {
    c_->notice(AlertLevel::kWarning, "{}: a chain without a spot is not used", symbol.text());
    return;
  }
  const QuoteKind kind = stream->certain_kind();
  std::map<std::string, std::uint32_t> refused;
  const auto unasked = static_cast<std::uint32_t>(round.queue.size() + round.active.size());
  if (unasked > 0) { refused["not_told_in_time"] = unasked; }
  std::vector<std::pair<Contract, ContractId>> order;
  for (const auto& [id, line] : round.told) {
    if (const char* why = refusal(line, kind)) {
      ++refused[why];
    } else {
      order.emplace_back(book_->contract(id), id);
    }
  }
  std::ranges::sort(order);
  auto chain = std::make_shared<Chain>();
  for (const auto& [contract, id] : order) {
    const Line& line = round.told.at(id);
    const Quote quote = *line.quote();
    chain->contract.push_back(id.raw());
    chain->bid.push_back(static_cast<std::int32_t>(quote.bid.raw()));
    chain->ask.push_back(static_cast<std::int32_t>(quote.ask.raw()));
    chain->bid_size.push_back(line.bid.size);
    chain->ask_size.push_back(line.ask.size);
    chain->volume.push_back(line.volume);
    chain->open_interest.push_back(line.open_interest);
    chain->broker_iv.push_back(line.model_iv);
    chain->broker_delta.push_back(line.model_delta);
    chain->broker_gamma.push_back(line.model_gamma);
  }
  ChainSnapshotTaken snapshot{
      .underlying = symbol, .spot = *spot, .kind = kind, .chain = std::move(chain)};
  for (const auto& [reason, count] : refused) {
    snapshot.refused.push_back({.reason = reason, .count = count});
  }
  c_->tell(std::move(snapshot));
  c_->tell(SnapshotEnded{.underlying = symbol});
}

void ChainRounds::abort() {
  if (!round_) { return; }
  for (const auto& [id, active] : round_->active) {
    lines_->release(LineKey::of(id), Owner::kSweep);
  }
  courses_[round_->place].slot.reset();
  round_.reset();
}

void ChainRounds::shift(Duration by) {
  if (!round_) { return; }
  round_->deadline += by;
  for (auto& [id, active] : round_->active) { active.since += by; }
}

std::optional<Instant> ChainRounds::next() const {
  if (round_) {
    Instant first = round_->deadline;
    for (const auto& [id, active] : round_->active) {
      for (const Duration wait :
           {c_->patient(kGreeksWithin), c_->patient(c_->settings.chain.answer)}) {
        if (active.since + wait > c_->now) { first = std::min(first, active.since + wait); }
      }
    }
    return first;
  }
  return Instant{c_->settings.chain.every * (slot() + 1)};
}

}  // namespace v6::ibkr
