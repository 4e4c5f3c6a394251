#include "report/json.hpp"

namespace v6 {

Json JsonForm::leg(const Leg& leg) const {
  return {{"contract", of(leg.contract)},
          {"ratio", std::abs(leg.ratio)},
          {"side", leg.ratio > 0 ? "buy" : "sell"}};
}

Json JsonForm::of(const Check& check) const {
  return {{check.kind == CheckKind::kGate ? "gate" : "rule", check.name},
          {"measured", of(check.measured)},
          {"limit", of(check.limit)},
          {"unit", check.unit},
          {"verdict", word(check.verdict)},
          {"distance", of(check.distance)},
          {"detail", check.detail}};
}

Json JsonForm::of(const Candidate& candidate) const {
  Json legs = Json::array();
  for (std::size_t i = 0; i < candidate.legs.size(); ++i) {
    Json entry = leg(candidate.legs[i]);
    const LegQuote& quote = candidate.quotes[i];
    entry["bid"] = of(quote.quote.bid);
    entry["ask"] = of(quote.quote.ask);
    entry["mid"] = of(quote.quote.mid());
    entry["iv"] = candidate.leg_ivs[i];
    entry["delta"] = candidate.leg_deltas[i];
    entry["broker_iv"] = of(quote.broker_iv);
    entry["broker_delta"] = of(quote.broker_delta);
    entry["open_interest"] = quote.open_interest;
    legs.push_back(std::move(entry));
  }
  return {{"kind", word(candidate.kind)},
          {"legs", std::move(legs)},
          {"mid", of(candidate.mid)},
          {"natural", of(candidate.natural)},
          {"expected_price", of(candidate.expected_price)},
          {"worst_case", of(candidate.worst_case)},
          {"fees", of(candidate.fees)},
          {"expected_value", candidate.expected_value},
          {"expected_value_risk_neutral", candidate.expected_value_risk_neutral},
          {"probability_of_profit", candidate.probability_of_profit},
          {"delta", candidate.delta},
          {"gamma", candidate.gamma},
          {"theta", candidate.theta},
          {"vega", candidate.vega},
          {"score", of(candidate.score)}};
}

Json JsonForm::of(const Decision& decision) const {
  return {{"id", of(decision.id)},
          {"at", of(decision.at)},
          {"underlying", of(decision.underlying)},
          {"kind", word(decision.kind)},
          {"outcome", word(decision.outcome)},
          {"factors", of(decision.factors)},
          {"waterfall", of(decision.waterfall)},
          {"candidates", of(decision.candidates)},
          {"chosen", of(decision.chosen)},
          {"rule", decision.rule.empty() ? Json(nullptr) : Json(decision.rule)},
          {"structure", of(decision.structure)},
          {"intent", of(decision.intent)}};
}

Json JsonForm::of(const RecordOrder& order) const {
  Json legs = Json::array();
  for (const Leg& part : order.ticket.legs) { legs.push_back(leg(part)); }
  return {{"intent", of(order.ticket.intent)},
          {"order_id", of(order.ticket.order)},
          {"structure", of(order.ticket.structure)},
          {"decision", of(order.ticket.decision)},
          {"strategy", word(order.ticket.kind)},
          {"at", of(order.ticket.decided_at)},
          {"purpose", word(order.ticket.purpose)},
          {"urgency", word(order.ticket.urgency)},
          {"quantity", of(order.ticket.quantity)},
          {"legs", std::move(legs)},
          {"limit", of(order.limits)},
          {"status", word(order.status)},
          {"filled", of(order.filled)},
          {"reason", order.reason}};
}

Json JsonForm::of(const RecordFill& fill) const {
  return {{"id", of(fill.id)},
          {"at", of(fill.at)},
          {"structure", of(fill.structure)},
          {"intent", of(fill.intent)},
          {"decision", of(fill.decision)},
          {"strategy", word(fill.kind)},
          {"contract", of(fill.fill.contract)},
          {"side", word(fill.fill.side)},
          {"quantity", of(fill.fill.quantity)},
          {"price", of(fill.fill.price)},
          {"fees", of(fill.fill.fees)}};
}

Json JsonForm::of(const RecordStructure& structure) const {
  Json legs = Json::array();
  for (const EntryLeg& entry : structure.legs) {
    Json part = leg(entry.leg);
    part["bid"] = of(entry.quote.bid);
    part["ask"] = of(entry.quote.ask);
    part["mid"] = of(entry.quote.mid());
    part["iv"] = of(entry.iv);
    part["delta"] = of(entry.delta);
    part["open_interest"] = entry.open_interest;
    legs.push_back(std::move(part));
  }
  return {{"id", of(structure.id)},
          {"kind", word(structure.kind)},
          {"underlying", of(structure.underlying)},
          {"opened_at", of(structure.opened_at)},
          {"closed_at", of(structure.closed_at)},
          {"quantity", of(structure.quantity)},
          {"legs", std::move(legs)},
          {"entry_price", of(structure.entry_price)},
          {"width", of(structure.width)},
          {"worst_case", of(structure.worst_case)},
          {"dte_at_entry", structure.dte_at_entry},
          {"spot_at_entry", of(structure.spot_at_entry)},
          {"exit_rule", structure.exit_rule.empty() ? Json(nullptr) : Json(structure.exit_rule)},
          {"realised_pnl", of(structure.realised)},
          {"unrealised_pnl", of(structure.unrealised)},
          {"fees", of(structure.fees)},
          {"slippage", of(structure.slippage)},
          {"rolled_from", of(structure.rolled_from)},
          {"rolled_to", of(structure.rolled_to)},
          {"decision", of(structure.decision)},
          {"adopted", structure.adopted}};
}

}  // namespace v6
