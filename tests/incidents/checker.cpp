#include "checker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "ibkr/order_ref.hpp"

namespace v6::incidents {
namespace {

using std::chrono::seconds;

std::string at(Instant when) {
  const auto since = when - new_york_instant(new_york_date(when), {});
  const std::chrono::hh_mm_ss time{std::chrono::duration_cast<std::chrono::milliseconds>(since)};
  return fmt::format("{:02}:{:02}:{:02}.{:03}", time.hours().count(), time.minutes().count(),
                     time.seconds().count(), time.subseconds().count());
}

/// Contracts by the broker's number, as the bot's own books have them.
std::map<ConId, std::int64_t> booked(const State& state) {
  std::map<ConId, std::int64_t> sums;
  for (const auto& [id, structure] : state.structures) {
    for (const auto& [contract_id, holding] : structure.holdings) {
      const Contract contract = state.master[contract_id];
      sums[con_id_of(contract.root, contract.expiry, contract.strike, contract.right)] +=
          holding.quantity.raw();
    }
  }
  std::erase_if(sums, [](const auto& entry) { return entry.second == 0; });
  return sums;
}

std::map<ConId, std::int64_t> at_broker(const Exchange& exchange) {
  std::map<ConId, std::int64_t> sums;
  for (const HeldPosition& position : exchange.positions()) {
    sums[position.con_id] = position.quantity;
  }
  return sums;
}

std::vector<std::string> roots_in(std::string_view joined) {
  std::vector<std::string> roots;
  while (!joined.empty()) {
    const std::size_t end = std::min(joined.find('+'), joined.size());
    roots.emplace_back(joined.substr(0, end));
    joined.remove_prefix(std::min(end + 1, joined.size()));
  }
  return roots;
}

bool is_opening(Purpose purpose) {
  return purpose == Purpose::kOpen || purpose == Purpose::kRollOpen;
}

}  // namespace

void Faults::add(std::string_view id, std::string what) {
  if (found.size() < 40) { found.push_back(fmt::format("{}: {}", id, what)); }
}

/// Covered: of each right at least as many bought as sold, whatever part of the working orders
/// fills. And what the bot believes is what the broker holds, within a minute.
void Checker::watch() {
  const Exchange& exchange = stage_->exchange();
  std::map<OptionRight, std::int64_t> least;
  for (const HeldPosition& position : exchange.positions()) {
    const Listing* const listing = exchange.market().find(position.con_id);
    if (listing != nullptr && listing->is_option()) { least[listing->right] += position.quantity; }
  }
  for (const BookedOrder& order : exchange.open_orders(std::nullopt)) {
    const OrderRequest& request = order.request;
    if (request.client_id == 0) { continue; }
    std::vector<OrderLeg> legs = request.legs;
    if (legs.empty()) { legs.push_back({.con_id = request.con_id}); }
    std::map<OptionRight, std::int64_t> change;
    for (const OrderLeg& leg : legs) {
      const Listing* const listing = exchange.market().find(leg.con_id);
      change[listing->right] += std::int64_t{sign_of(request.action)} * sign_of(leg.action) *
                                leg.ratio * order.remaining();
    }
    for (const auto& [right, count] : change) { least[right] += std::min<std::int64_t>(count, 0); }
  }
  for (const auto& [right, count] : least) {
    if (count < 0 && !std::exchange(uncovered_told_, true)) {
      faults_.add("I-09", fmt::format("at {} {} contracts can be short uncovered", at(stage_->at()),
                                      -count));
    }
  }

  const State& state = stage_->bot().state();
  const bool trusting = state.link.state == LinkState::kReady && state.latches.mismatch.empty();
  if (!trusting || booked(state) == at_broker(exchange)) {
    differing_since_.reset();
  } else if (!differing_since_) {
    differing_since_ = stage_->at();
  } else if (stage_->at() - *differing_since_ > seconds{62} &&
             !std::exchange(difference_told_, true)) {
    faults_.add("I-06", fmt::format("at {} the bot has trusted a wrong position for a minute",
                                    at(stage_->at())));
  }
}

void Checker::finish(const Written& written, const Story& story, bool books_agree) {
  journal_first(written, story);
  orders_at_broker(story, books_agree);
  if (books_agree) {
    fills(story);
    books();
  }
  inputs(written, story);
  reconciled_before_risk(written, story);
  numbers(written);
  no_silent_trouble(story);
}

/// I-02, I-08: an order message has its intent, approved, with the same legs and size, and its
/// number in the journal before it.
void Checker::journal_first(const Written& written, const Story& story) {
  std::map<OrderId, OrderTicket> tickets;
  for (const auto& [when, command] : story.commands) {
    if (const auto* submitted = std::get_if<SubmittedOrder>(&command)) {
      tickets[submitted->order.order] = submitted->order;
    }
  }
  std::map<std::int32_t, OrderId> numbers;
  std::map<OrderId, std::vector<std::pair<Instant, Price>>> changes;
  for (const Event& event : story.events) {
    if (const auto* sending = std::get_if<OrderSending>(&event.body)) {
      numbers[sending->broker_id] = sending->order;
    }
  }
  for (const auto& [when, command] : story.commands) {
    if (const auto* modify = std::get_if<ModifyOrder>(&command)) {
      changes[modify->order].emplace_back(when, modify->limit);
    }
  }
  const int most = stage_->bot().request().setup.settings.risk.max_order_size;
  for (const OrderWritten& order : written.orders) {
    const ibkr::PlaceOrder& message = order.message;
    const auto number = numbers.find(message.order_id);
    const auto ticket = number == numbers.end() ? tickets.end() : tickets.find(number->second);
    if (ticket == tickets.end()) {
      faults_.add("I-02",
                  fmt::format("order {} at {} is in no journal", message.order_id, at(order.at)));
      continue;
    }
    if (!order.durable) {
      faults_.add("I-02", fmt::format("order {} at {} left before the journal held it",
                                      message.order_id, at(order.at)));
    }
    const OrderTicket& approved = ticket->second;
    const double quantity = message.order.total_quantity.value;
    if (quantity != static_cast<double>(approved.quantity.raw()) || quantity > most) {
      faults_.add("I-08", fmt::format("order {} is for {} units, approved {}, at most {}",
                                      message.order_id, quantity, approved.quantity.raw(), most));
    }
    const std::size_t legs = std::max<std::size_t>(message.contract.legs.size(), 1);
    if (legs != approved.legs.size()) {
      faults_.add("I-02", fmt::format("order {} has {} legs, approved {}", message.order_id, legs,
                                      approved.legs.size()));
    }
    if (message.order.order_type != "LMT" || !message.order.lmt_price) {
      faults_.add("I-15", fmt::format("order {} is not a limit order", message.order_id));
    }
  }
}

/// I-03, I-04: every order of ours at the broker is one intent of ours, once.
void Checker::orders_at_broker(const Story& story, bool books_agree) {
  std::set<std::uint32_t> intents;
  std::set<std::int64_t> known;
  std::map<std::uint32_t, int> quantities;
  for (const auto& [when, command] : story.commands) {
    if (const auto* submitted = std::get_if<SubmittedOrder>(&command)) {
      intents.insert(submitted->order.intent.raw());
      quantities[submitted->order.intent.raw()] = submitted->order.quantity.raw();
    }
  }
  for (const Event& event : story.events) {
    if (const auto* told = std::get_if<OrderAcknowledged>(&event.body)) {
      known.insert(told->perm_id);
    }
  }
  const auto& book = stage_->bot().request().client.book;
  std::map<std::uint32_t, int> orders;
  std::map<std::uint32_t, int> filled;
  std::map<std::uint32_t, bool> all_known;
  for (const auto& [perm_id, order] : stage_->exchange().book().orders) {
    if (order.request.client_id == 0) { continue; }
    const auto intent = ibkr::intent_of(book, order.request.order_ref);
    if (!intent || !intents.contains(intent->raw())) {
      faults_.add("I-03", fmt::format("the broker has order {} ({}) that no journal knows",
                                      order.request.order_id, order.request.order_ref));
      continue;
    }
    ++orders[intent->raw()];
    filled[intent->raw()] += order.filled;
    const auto fresh = all_known.try_emplace(intent->raw(), true).first;
    fresh->second = fresh->second && known.contains(perm_id);
  }
  for (const auto& [intent, count] : orders) {
    // Made by the broker of one change, and known: the one exception.
    if (count > 1 && !all_known[intent]) {
      faults_.add("I-04", fmt::format("intent {} became {} orders at the broker", intent, count));
    }
    if (books_agree && filled[intent] > quantities[intent]) {
      faults_.add("I-08", fmt::format("intent {} filled {} of {}", intent, filled[intent],
                                      quantities[intent]));
    }
  }
}

/// I-05: the day's executions in the journal are the broker's, each once, at its last price.
void Checker::fills(const Story& story) {
  std::map<std::string, std::map<std::string, std::pair<Price, std::uint32_t>>> ours;  // by root
  std::map<std::string, std::uint32_t> revisions;
  std::map<std::string, OrderFilled> last;
  for (const Event& event : story.events) {
    const auto* filled = std::get_if<OrderFilled>(&event.body);
    if (filled == nullptr || new_york_date(event.at) != new_york_date(stage_->at())) { continue; }
    auto& revision = revisions[filled->execution.root];
    if (filled->execution.revision > revision) {
      revision = filled->execution.revision;
      last[filled->execution.root] = *filled;
    }
  }
  std::map<std::string, Price> booked_roots;
  for (const auto& [joined, fill] : last) {
    const auto roots = roots_in(joined);
    for (std::size_t i = 0; i < roots.size(); ++i) {
      if (!booked_roots.emplace(roots[i], i < fill.legs.size() ? fill.legs[i].price : Price{})
               .second) {
        faults_.add("I-05", fmt::format("execution {} is booked twice", roots[i]));
      }
    }
  }
  std::set<std::string> at_broker_roots;
  for (const Execution& execution : stage_->exchange().book().executions) {
    if (execution.combo || execution.client_id == 0) { continue; }
    const std::string root = execution.exec_id.substr(0, execution.exec_id.rfind('.'));
    at_broker_roots.insert(root);
    const auto found = booked_roots.find(root);
    if (found == booked_roots.end()) {
      faults_.add("I-05", fmt::format("execution {} is not in the journal", execution.exec_id));
    } else if (found->second != execution.price) {
      faults_.add("I-05",
                  fmt::format("execution {} is booked at {}, the broker has {}", execution.exec_id,
                              found->second.text(), execution.price.text()));
    }
  }
  for (const auto& [root, price] : booked_roots) {
    if (!at_broker_roots.contains(root)) {
      faults_.add("I-05", fmt::format("execution {} is booked, the broker has none such", root));
    }
  }
}

/// I-06, I-37: in the end, position by position and to the cent.
void Checker::books() {
  const State& state = stage_->bot().state();
  const auto ours = booked(state);
  const auto his = at_broker(stage_->exchange());
  if (ours != his) {
    faults_.add("I-06", fmt::format("{} contracts in our books, {} at the broker, or not the same",
                                    ours.size(), his.size()));
  }
  const Money cash = stage_->exchange().figures().cash;
  if (state.cash != cash) {
    faults_.add("I-37", fmt::format("cash {} in our books, {} at the broker", state.cash.text(),
                                    cash.text()));
  }
}

/// I-12, I-13: what an opening order was decided on was fresh and sane when it left, and it left
/// within its hours.
void Checker::inputs(const Written& written, const Story& story) {
  std::map<std::int32_t, OrderId> numbers;
  std::map<OrderId, OrderTicket> tickets;
  for (const Event& event : story.events) {
    if (const auto* sending = std::get_if<OrderSending>(&event.body)) {
      numbers[sending->broker_id] = sending->order;
    }
  }
  for (const auto& [when, command] : story.commands) {
    if (const auto* submitted = std::get_if<SubmittedOrder>(&command)) {
      tickets[submitted->order.order] = submitted->order;
    }
  }
  for (const OrderWritten& order : written.orders) {
    const auto number = numbers.find(order.message.order_id);
    if (!order.is_new || number == numbers.end()) { continue; }
    const OrderTicket& ticket = tickets[number->second];
    if (!is_opening(ticket.purpose)) { continue; }
    for (const LegQuote& leg : ticket.quotes) {
      const Quote& quote = leg.quote;
      // The decision may wait three seconds for the link to prove itself.
      if (ticket.decided_at - leg.at > seconds{5} || order.at - leg.at > seconds{9}) {
        faults_.add("I-12", fmt::format("order {} at {} was decided on a quote of {}",
                                        order.message.order_id, at(order.at), at(leg.at)));
      }
      if (quote.bid <= Price{} || quote.ask < quote.bid) {
        faults_.add("I-12",
                    fmt::format("order {} was decided on a broken quote", order.message.order_id));
      }
    }
    if (ticket.decided_at - ticket.spot_at > seconds{2}) {
      faults_.add("I-12", fmt::format("order {} was decided on a spot of {}",
                                      order.message.order_id, at(ticket.spot_at)));
    }
    const auto time = order.at - new_york_instant(new_york_date(order.at), {});
    if (time < std::chrono::hours{9} + std::chrono::minutes{35} || time > std::chrono::hours{16}) {
      faults_.add("I-13", fmt::format("order {} left at {}", order.message.order_id, at(order.at)));
    }
  }
}

/// I-21: on every session open orders, executions and positions were asked for before the first
/// opening order; and between a doubt of the journal's and an opening stands a clean comparison.
void Checker::reconciled_before_risk(const Written& written, const Story& story) {
  for (const OrderWritten& order : written.orders) {
    for (const int needed : {ibkr::ReqOpenOrders::kId, ibkr::ReqAllOpenOrders::kId,
                             ibkr::ReqExecutions::kId, ibkr::ReqPositions::kId}) {
      const bool asked = std::ranges::any_of(written.requests, [&](const auto& request) {
        return request.session == order.session && request.message == needed &&
               request.at <= order.at;
      });
      if (!asked) {
        faults_.add("I-21", fmt::format("order {} at {} left before request {} on its session",
                                        order.message.order_id, at(order.at), needed));
      }
    }
  }
  bool ready = false;
  bool compared = false;
  for (const Event& event : story.events) {
    if (const auto* link = std::get_if<LinkChanged>(&event.body)) {
      ready = link->state == LinkState::kReady;
      if (!ready) { compared = false; }
    } else if (std::holds_alternative<PositionsReported>(event.body)) {
      compared = true;
    } else if (const auto* sending = std::get_if<OrderSending>(&event.body)) {
      if (!ready || !compared) {
        // A closing order may go in doubt; an opening one never does.
        const auto found = std::ranges::find_if(story.commands, [&](const auto& entry) {
          const auto* submitted = std::get_if<SubmittedOrder>(&entry.second);
          return submitted != nullptr && submitted->order.order == sending->order &&
                 is_opening(submitted->order.purpose);
        });
        const bool written_out = std::ranges::any_of(written.orders, [&](const auto& order) {
          return order.message.order_id == sending->broker_id;
        });
        if (found != story.commands.end() && written_out && !ready) {
          faults_.add("I-21", fmt::format("{} went out at {} on a link that was not ready",
                                          sending->order.text(), at(event.at)));
        }
      }
    }
  }
}

/// I-25: order ids rise over all sessions, and no request's number is used twice.
void Checker::numbers(const Written& written) {
  std::int32_t highest = 0;
  for (const OrderWritten& order : written.orders) {
    if (!order.is_new) { continue; }
    if (order.message.order_id <= highest) {
      faults_.add("I-25", fmt::format("order id {} after {}", order.message.order_id, highest));
    }
    highest = std::max(highest, order.message.order_id);
  }
  for (const std::int32_t id : written.client_ids) {
    if (id != written.client_ids.front()) {
      faults_.add("F-10", fmt::format("client id {} after {}", id, written.client_ids.front()));
      break;
    }
  }
  std::set<std::pair<int, std::int32_t>> seen;
  for (const auto& request : written.requests) {
    if (request.id < 0 || request.message == ibkr::CancelMktData::kId) { continue; }
    if (!seen.emplace(request.session, request.id).second) {
      faults_.add("F-34", fmt::format("request id {} is used twice on session {}", request.id,
                                      request.session));
    }
  }
}

/// I-31: whoever is not ours, whatever nobody answers for, has its alert.
void Checker::no_silent_trouble(const Story& story) {
  const auto alerted = [&](Instant when, std::string_view text) {
    return std::ranges::any_of(story.commands, [&](const auto& entry) {
      const auto* alert = std::get_if<RaiseAlert>(&entry.second);
      return alert != nullptr && entry.first >= when && entry.first <= when + seconds{1} &&
             alert->what.find(text) != std::string::npos;
    });
  };
  for (const Event& event : story.events) {
    if (std::holds_alternative<OrderOutcomeUnknown>(event.body) &&
        !alerted(event.at, "no answer for order")) {
      const auto order = std::get<OrderOutcomeUnknown>(event.body).order;
      const auto& orders = stage_->bot().state().orders;
      const auto found = orders.find(order);
      if (found != orders.end() && found->second.live()) {
        faults_.add("I-31", fmt::format("{} is unknown at {} and nobody was told", order.text(),
                                        at(event.at)));
      }
    }
  }
  const State& state = stage_->bot().state();
  const auto latches = state.latches.set();
  const bool any = std::ranges::any_of(story.commands, [](const auto& entry) {
    const auto* alert = std::get_if<RaiseAlert>(&entry.second);
    return alert != nullptr && alert->level == AlertLevel::kCritical;
  });
  if (!latches.empty() && !any) {
    faults_.add("I-31", "a latch is set and no critical alert tells");
  }
}

}  // namespace v6::incidents
