#include <fmt/format.h>

#include <algorithm>

#include "base/enum_text.hpp"
#include "engine/turn.hpp"

namespace v6 {
namespace {

/// After a halt the first quotes are wild.
constexpr std::chrono::minutes kAfterHalt{5};

std::string text_of(LinkState state, const std::string& why) {
  return fmt::format("broker link {}{}{}", word(state), why.empty() ? "" : ": ", why);
}

}  // namespace

void on_link(Turn& turn, const LinkChanged& event) {
  Link& link = turn.state.link;
  const bool news = link.state != event.state || link.why != event.why;
  link.state = event.state;
  link.why = event.why;
  if (event.state == LinkState::kLost) { link.account.reset(); }
  if (!news) { return; }
  const bool trouble = event.state == LinkState::kLost || event.state == LinkState::kDegraded;
  turn.alert(trouble ? AlertLevel::kWarning : AlertLevel::kInfo, text_of(event.state, event.why));
}

void on_account(Turn& turn, const AccountReported& event) {
  State& state = turn.state;
  Link& link = state.link;
  link.account = event;
  if (!event.cash) { return; }
  if (!link.funded) {
    link.funded = true;
    state.cash = *event.cash;
    const Money worth = event.net_liquidation.value_or(*event.cash);
    state.track = {.session_start = worth, .peak = worth};
    return;
  }
  // One report may cross a fill on its way; the same difference twice is a difference.
  const Money difference = *event.cash - state.cash;
  const bool again = difference != Money{} && difference == link.cash_difference;
  link.cash_difference = difference;
  const bool working =
      std::ranges::any_of(state.orders, [](const auto& order) { return order.second.live(); });
  if (!again || working || !state.latches.mismatch.empty()) { return; }
  on_mismatch(
      turn, fmt::format("the broker has {} dollars more cash than our books", difference.text()),
      fmt::format("the broker's cash differs from our books by {} dollars; nothing is opened "
                  "until a person has explained it and resumes",
                  difference.text()));
}

void on_foreign_order(Turn& turn, const ForeignOrderSeen& event) {
  const std::string latch = "an order that is not ours: " + event.text;
  if (turn.state.latches.mismatch == latch) { return; }
  on_mismatch(turn, latch,
              "an order that is not ours stands in the account (" + event.text +
                  "); it is left alone and nothing is opened until a person has looked and "
                  "resumes");
}

std::vector<std::string> doubts(const State& state, Instant at, Symbol underlying) {
  std::vector<std::string> reasons;
  const Link& link = state.link;
  if (link.state != LinkState::kReady) {
    reasons.push_back(text_of(link.state, link.why));
  } else if (state.given->setup.brokered) {
    if (!link.account || !link.account->excess_liquidity) {
      reasons.emplace_back("the broker has not told the account's excess liquidity");
    } else if (*link.account->excess_liquidity <= Money{}) {
      reasons.emplace_back("the account has no excess liquidity left");
    }
  }
  const auto found = state.underlyings.find(underlying);
  if (found != state.underlyings.end()) {
    if (found->second.halted) { reasons.push_back(fmt::format("{} is halted", underlying.text())); }
    if (found->second.resumed_at && at - *found->second.resumed_at < kAfterHalt) {
      reasons.push_back(fmt::format("{} has just resumed after a halt", underlying.text()));
    }
  }
  return reasons;
}

}  // namespace v6
