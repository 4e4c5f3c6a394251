#include "ibkr/discovery.hpp"

#include <algorithm>
#include <cmath>

#include "calendar/new_york.hpp"
#include "ibkr/wire_time.hpp"

namespace v6::ibkr {
namespace {

using std::chrono::seconds;

constexpr int kMostOut = 2;  // the broker slows whoever asks for more
constexpr seconds kAnswerWithin{60};
constexpr seconds kFirstPause{5};
constexpr int kMostDoublings = 4;

}  // namespace

std::set<Date> wanted_expiries(const ChainPlan& plan, const std::set<Date>& listed, Date today) {
  std::set<Date> wanted;
  const Date last = today + std::chrono::days{plan.farthest_days};
  for (const int distance : plan.around_days) {
    const Date middle = today + std::chrono::days{distance};
    const auto above = listed.lower_bound(middle);
    if (above != listed.end() && *above <= last) { wanted.insert(*above); }
    if (above != listed.begin() && (above == listed.end() || *above != middle)) {
      const Date below = *std::prev(above);
      if (below >= today && below <= last) { wanted.insert(below); }
    }
  }
  return wanted;
}

Discovery::Discovery(Context& context, ContractBook& book) : c_{&context}, book_{&book} {
  std::set<Symbol> levels;
  for (const Symbol symbol : context.settings.underlyings) {
    Target target{.symbol = symbol};
    for (const Instrument& instrument : instrument_table()) {
      if (instrument.underlying != symbol) { continue; }
      const auto& roots = context.settings.roots;
      if (roots.empty() || std::ranges::find(roots, instrument.root) != roots.end()) {
        target.roots.push_back(instrument.root);
      }
      levels.insert(instrument.volatility_index);
    }
    targets_.push_back(std::move(target));
  }
  for (const Symbol level : levels) {
    if (!place(level)) { targets_.push_back({.symbol = level}); }
  }
  for (Target& target : targets_) {
    target.index = wire_underlying(target.symbol).sec_type == "IND";
  }
}

Date Discovery::today() const { return new_york_date(c_->now); }

std::optional<std::size_t> Discovery::place(Symbol symbol) const {
  const auto found = std::ranges::find(targets_, symbol, &Target::symbol);
  if (found == targets_.end()) { return std::nullopt; }
  return static_cast<std::size_t>(found - targets_.begin());
}

void Discovery::restart() {
  for (Target& target : targets_) { target.details.out = target.parameters.out = false; }
  for (Expiry& expiry : expiries_) { expiry.pace.out = false; }
  rules_asked_.clear();
  out_ = 0;
}

void Discovery::hold(const std::vector<ContractId>& legs) {
  held_.clear();
  for (const ContractId id : legs) {
    if (!book_->knows(id)) { continue; }
    const Contract contract = book_->contract(id);
    held_.insert({contract.root, contract.expiry});
  }
  // Chosen anew when there is a day to choose for: a bot that wakes up holds before it has a time.
  for (Target& target : targets_) { target.chosen = {}; }
}

void Discovery::choose(Target& target) {
  target.wanted.clear();
  target.chosen = today();
  for (const auto& [root, listed] : target.listed) {
    for (const Date expiry : wanted_expiries(c_->settings.chain, listed, today())) {
      target.wanted.insert({root, expiry});
    }
  }
  for (const Series& held : held_) {
    const Instrument* instrument = find_instrument(held.first);
    if (instrument != nullptr && instrument->underlying == target.symbol &&
        held.second >= today()) {
      target.wanted.insert(held);
    }
  }
}

std::size_t Discovery::expiry_place(std::size_t target, Series series) {
  const auto [at, fresh] = expiry_places_.try_emplace(series, expiries_.size());
  if (fresh) {
    Expiry expiry{.target = target, .series = series};
    // Listed earlier the same day, by a run before this one.
    if (const auto* listing = book_->listing(series.first, series.second)) {
      expiry.pace.answered = listing->seen;
    }
    expiries_.push_back(std::move(expiry));
  }
  return at->second;
}

void Discovery::pump() {
  const Date day = today();
  for (std::size_t i = 0; i < targets_.size() && out_ < kMostOut; ++i) {
    Target& target = targets_[i];
    if (target.details.answered != day) {
      if (target.details.due(c_->now, day)) {
        target.details.out = true;
        ++out_;
        c_->outbox.queue(Lane::kNormal,
                         ReqContractDetails{.req_id = c_->ask(Ask::kUnderlying, i, kAnswerWithin),
                                            .contract = wire_underlying(target.symbol)});
      }
      continue;
    }
    if (target.roots.empty()) { continue; }
    if (target.parameters.answered != day) {
      if (target.parameters.due(c_->now, day)) {
        target.parameters.out = true;
        target.arriving.clear();
        ++out_;
        c_->outbox.queue(
            Lane::kNormal,
            ReqSecDefOptParams{.req_id = c_->ask(Ask::kParameters, i, kAnswerWithin),
                               .underlying_symbol = std::string{target.symbol.text()},
                               .underlying_sec_type = wire_underlying(target.symbol).sec_type,
                               .underlying_con_id = target.con_id});
      }
      continue;
    }
    if (target.chosen != day) { choose(target); }
    for (const Series& series : target.wanted) {
      const std::size_t at = expiry_place(i, series);
      if (out_ < kMostOut && expiries_[at].pace.due(c_->now, day)) { ask_expiry(at); }
    }
  }
}

void Discovery::ask_expiry(std::size_t place) {
  Expiry& expiry = expiries_[place];
  const auto& [root, date] = expiry.series;
  expiry.pace.out = true;
  expiry.rows.clear();
  expiry.refused.clear();
  ++out_;
  const Instrument& instrument = *find_instrument(root);
  c_->outbox.queue(
      Lane::kNormal,
      ReqContractDetails{.req_id = c_->ask(Ask::kExpiry, place, kAnswerWithin),
                         .contract = {.symbol = std::string{instrument.underlying.text()},
                                      .sec_type = "OPT",
                                      .expiry = wire_date(date),
                                      .multiplier = std::to_string(instrument.multiplier.raw()),
                                      .exchange = "SMART",
                                      .currency = "USD",
                                      .trading_class = std::string{root.text()}}});
}

void Discovery::on(const ContractData& data) {
  const Wait* wait = c_->waits.find(data.req_id);
  if (wait == nullptr) { return; }
  c_->waits.extend(data.req_id, c_->in(kAnswerWithin));
  if (wait->ask == Ask::kUnderlying) {
    Target& target = targets_[wait->subject];
    if (data.contract.symbol == target.symbol.text() && data.contract.con_id > 0) {
      target.con_id = data.contract.con_id;
    }
    return;
  }
  if (wait->ask != Ask::kExpiry) { return; }
  Expiry& expiry = expiries_[wait->subject];
  Target& target = targets_[expiry.target];
  auto entry = ContractBook::judge(data, expiry.series.first, target.con_id, today());
  if (!entry) {
    ++expiry.refused[entry.error()];
    return;
  }
  if (target.hours.empty() || !target.hours.contains(today())) {
    target.hours = parse_hours(data.liquid_hours, data.time_zone_id);
  }
  if (entry->market_rule != 0 && !book_->knows_rule(entry->market_rule) &&
      rules_asked_.insert(entry->market_rule).second) {
    static_cast<void>(
        c_->ask(Ask::kMarketRule, static_cast<std::size_t>(entry->market_rule), kAnswerWithin));
    c_->outbox.queue(Lane::kNormal, ReqMarketRule{.market_rule_id = entry->market_rule});
  }
  expiry.rows.push_back(*entry);
}

void Discovery::on(const ContractDataEnd& end) {
  const Wait* found = c_->waits.find(end.req_id);
  if (found == nullptr) { return; }
  const Wait wait = *found;
  if (wait.ask == Ask::kUnderlying && targets_[wait.subject].con_id == 0) {
    c_->waits.close(end.req_id);
    failed(wait, true);
    return;
  }
  if (wait.ask != Ask::kUnderlying && wait.ask != Ask::kExpiry) { return; }
  c_->waits.close(end.req_id);
  --out_;
  Pace& pace =
      wait.ask == Ask::kUnderlying ? targets_[wait.subject].details : expiries_[wait.subject].pace;
  pace = {.answered = today()};
  if (wait.ask == Ask::kUnderlying) { return; }
  Expiry& expiry = expiries_[wait.subject];
  for (const auto& [reason, count] : expiry.refused) {
    c_->notice(AlertLevel::kWarning, "{} {}: {} contracts refused: {}", expiry.series.first.text(),
               iso(expiry.series.second), count, reason);
  }
  const auto refused = book_->list(*c_, expiry.rows);
  for (const ContractRow& entry : refused) {
    c_->notice(
        AlertLevel::kCritical,
        "{}: the broker's number {} is not the one we know; a corporate action? The contract "
        "is blocked",
        entry.contract.text(), entry.con_id);
  }
  fresh_.insert(fresh_.end(), expiry.rows.begin(), expiry.rows.end());
  expiry.rows.clear();
}

void Discovery::on(const SecurityDefinitionOptionParameter& parameters) {
  const Wait* wait = c_->waits.find(parameters.req_id);
  if (wait == nullptr || wait->ask != Ask::kParameters) { return; }
  c_->waits.extend(parameters.req_id, c_->in(kAnswerWithin));
  Target& target = targets_[wait->subject];
  const auto root = Symbol::parse(parameters.trading_class);
  if (parameters.exchange != "SMART" || !root ||
      std::ranges::find(target.roots, *root) == target.roots.end() ||
      parameters.multiplier != std::to_string(find_instrument(*root)->multiplier.raw())) {
    return;
  }
  for (const std::string& text : parameters.expirations) {
    if (const auto expiry = parse_wire_date(text)) { target.arriving[*root].insert(*expiry); }
  }
}

void Discovery::on(const SecurityDefinitionOptionParameterEnd& end) {
  const Wait* found = c_->waits.find(end.req_id);
  if (found == nullptr || found->ask != Ask::kParameters) { return; }
  const Wait wait = *found;
  c_->waits.close(end.req_id);
  Target& target = targets_[wait.subject];
  if (target.arriving.empty()) {
    failed(wait, true);
    return;
  }
  --out_;
  target.listed = std::exchange(target.arriving, {});
  choose(target);
  target.parameters = {.answered = today()};
}

void Discovery::on(const MarketRule& rule) {
  book_->learn(rule);
  if (const auto id = c_->waits.id_of(Ask::kMarketRule)) { c_->waits.close(*id); }
}

void Discovery::put_off(Pace& pace) {
  pace.out = false;
  pace.not_before = c_->in(kFirstPause * (1U << std::min(pace.tries, kMostDoublings)));
  ++pace.tries;
}

void Discovery::failed(const Wait& wait, bool final) {
  if (wait.ask == Ask::kMarketRule) { return; }  // our own table of steps stands
  --out_;
  if (wait.ask == Ask::kExpiry) {
    Expiry& expiry = expiries_[wait.subject];
    put_off(expiry.pace);
    if (final) {
      c_->notice(AlertLevel::kWarning, "{} has no contracts of {}", expiry.series.first.text(),
                 iso(expiry.series.second));
      expiry.pace.answered = today();
    }
    return;
  }
  Target& target = targets_[wait.subject];
  Pace& pace = wait.ask == Ask::kUnderlying ? target.details : target.parameters;
  put_off(pace);
  if (final || pace.tries >= 3) {
    c_->notice(AlertLevel::kCritical, "the broker does not describe {}: {}", target.symbol.text(),
               wait.ask == Ask::kUnderlying ? "no such contract" : "no options");
  }
}

bool Discovery::complete(std::size_t place) const {
  const Target& target = targets_[place];
  const Date day = today();
  if (target.details.answered != day) { return false; }
  if (target.roots.empty()) { return true; }
  if (target.parameters.answered != day) { return false; }
  return std::ranges::all_of(targets_[place].wanted, [&](const Series& series) {
    const auto found = expiry_places_.find(series);
    return found != expiry_places_.end() && expiries_[found->second].pace.answered == day;
  });
}

std::vector<ContractId> Discovery::contracts(std::size_t place) const {
  std::vector<ContractId> all;
  for (const Series& series : targets_[place].wanted) {
    if (const auto* listing = book_->listing(series.first, series.second)) {
      all.insert(all.end(), listing->ids.begin(), listing->ids.end());
    }
  }
  return all;
}

std::optional<Session> Discovery::hours(Symbol symbol, Date date) const {
  const auto at = place(symbol);
  if (!at) { return std::nullopt; }
  const auto found = targets_[*at].hours.find(date);
  return found == targets_[*at].hours.end() ? std::nullopt : std::optional{found->second};
}

std::optional<Instant> Discovery::next() const {
  std::optional<Instant> first;
  const auto consider = [&](const Pace& pace) {
    if (!pace.out && pace.answered != today() && pace.not_before > c_->now) {
      first = std::min(first.value_or(pace.not_before), pace.not_before);
    }
  };
  for (const Target& target : targets_) {
    consider(target.details);
    consider(target.parameters);
  }
  for (const Expiry& expiry : expiries_) { consider(expiry.pace); }
  return first;
}

}  // namespace v6::ibkr
