#pragma once

#include <cstddef>
#include <string>

#include "report/json.hpp"
#include "runtime/live_bot.hpp"

/// What a running bot shows: one JSON document a view, for people's tables and for machines.
namespace v6 {

/// Link, account, latches, counters: what is so, in one look.
[[nodiscard]] Json status_view(const LiveBot& bot);
/// Open structures with legs, profit, Greeks and the distance to each exit.
[[nodiscard]] Json positions_view(const LiveBot& bot);
/// Orders that are live, with the walk so far; then today's ended ones.
[[nodiscard]] Json orders_view(const LiveBot& bot);
/// The last decisions, newest first; the whole waterfall.
[[nodiscard]] Json decisions_view(const LiveBot& bot, std::size_t most);
/// Greeks of the book and of each structure.
[[nodiscard]] Json greeks_view(const LiveBot& bot);
/// The last chain of an underlying: contracts with their quotes.
[[nodiscard]] Json chain_view(const LiveBot& bot);
[[nodiscard]] Json alerts_view(const LiveBot& bot, std::size_t most);

/// What a word for stopping would touch and cost, without saying it.
[[nodiscard]] Json preview(const LiveBot& bot, OperatorWord said);

/// The check that decided: the rule that fired, else the first gate that refused.
[[nodiscard]] const Check* decided_by(const Decision& decision);

}  // namespace v6
