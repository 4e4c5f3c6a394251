#pragma once

#include "ibkr/messages/blocks.hpp"

/// The order itself, as placeOrder, openOrder and completedOrder carry it. The three disagree on
/// order and choice of fields (protocol reference 2.1.4, 2.2.3); runs they share are named here.
namespace v6::ibkr {

/// One condition: which of these are meant depends on `type`.
struct OrderCondition {
  std::int32_t type = 1;  // 1 price, 3 time, 4 margin, 5 execution, 6 volume, 7 percent change
  std::string conjunction = "a";
  bool is_more = false;
  double price = 0;
  std::int32_t con_id = 0;
  std::string exchange;
  std::int32_t trigger_method = 0;
  std::string time;
  std::int32_t percent = 0;
  std::string sec_type;
  std::string symbol;
  std::int32_t volume = 0;
  double change_percent = 0;

  friend bool operator==(const OrderCondition&, const OrderCondition&) = default;
  static void layout(auto& io, auto& m) {
    io("type", m.type);
    io("conjunction", m.conjunction);
    if (m.type == 5) {
      io("secType", m.sec_type);
      io("exchange", m.exchange);
      io("symbol", m.symbol);
      return;
    }
    io("isMore", m.is_more);
    switch (m.type) {
      case 1: io("price", m.price); break;
      case 3: io("time", m.time); return;
      case 4: io("percent", m.percent); return;
      case 6: io("volume", m.volume); break;
      case 7: io("changePercent", m.change_percent); break;
      default: break;
    }
    io("conId", m.con_id);
    io("exchange", m.exchange);
    if (m.type == 1) { io("triggerMethod", m.trigger_method); }
  }
};

/// Price of one leg of a non-guaranteed combo.
using LegPrice = std::optional<double>;

struct WireOrder {
  std::string action;  // BUY or SELL
  Size total_quantity;
  std::string order_type;           // LMT, MKT
  std::optional<double> lmt_price;  // of a combo: net, signed, for buying it as its legs say
  std::optional<double> aux_price;
  std::string tif;
  std::string oca_group;
  std::string account;
  std::string open_close;
  std::int32_t origin = 0;
  std::string order_ref;
  bool transmit = true;
  std::int32_t parent_id = 0;
  bool block_order = false;
  bool sweep_to_fill = false;
  std::optional<std::int32_t> display_size = 0;
  std::int32_t trigger_method = 0;
  bool outside_rth = false;
  bool hidden = false;

  std::vector<LegPrice> leg_prices;
  std::vector<TagValue> smart_combo_routing_params;

  std::string shares_allocation;
  double discretionary_amt = 0;
  std::string good_after_time;
  std::string good_till_date;
  std::string fa_group;
  std::string fa_method;
  std::string fa_percentage;
  std::string model_code;
  std::int32_t short_sale_slot = 0;
  std::string designated_location;
  std::int32_t exempt_code = -1;
  std::int32_t oca_type = 0;
  std::string rule80a;
  std::string settling_firm;
  bool all_or_none = false;
  std::optional<std::int32_t> min_qty;
  std::optional<double> percent_offset;
  bool e_trade_only = false;
  bool firm_quote_only = false;
  std::optional<double> nbbo_price_cap;

  std::int32_t auction_strategy = 0;
  std::optional<double> starting_price;
  std::optional<double> stock_ref_price;
  std::optional<double> delta;
  std::optional<double> stock_range_lower;
  std::optional<double> stock_range_upper;
  bool override_percentage_constraints = false;

  std::optional<double> volatility;
  std::optional<std::int32_t> volatility_type;
  std::string delta_neutral_order_type;
  std::optional<double> delta_neutral_aux_price;
  std::int32_t delta_neutral_con_id = 0;
  std::string delta_neutral_settling_firm;
  std::string delta_neutral_clearing_account;
  std::string delta_neutral_clearing_intent;
  std::string delta_neutral_open_close;
  bool delta_neutral_short_sale = false;
  std::int32_t delta_neutral_short_sale_slot = 0;
  std::string delta_neutral_designated_location;
  bool continuous_update = false;
  std::optional<std::int32_t> reference_price_type;
  std::optional<double> trail_stop_price;
  std::optional<double> trailing_percent;
  std::optional<double> basis_points;
  std::optional<std::int32_t> basis_points_type;
  std::string combo_legs_descrip;

  std::optional<std::int32_t> scale_init_level_size;
  std::optional<std::int32_t> scale_subs_level_size;
  std::optional<double> scale_price_increment;
  std::optional<double> scale_price_adjust_value;
  std::optional<std::int32_t> scale_price_adjust_interval;
  std::optional<double> scale_profit_offset;
  bool scale_auto_reset = false;
  std::optional<std::int32_t> scale_init_position;
  std::optional<std::int32_t> scale_init_fill_qty;
  bool scale_random_percent = false;
  std::string scale_table;
  std::string active_start_time;
  std::string active_stop_time;

  std::string hedge_type;
  std::string hedge_param;
  bool opt_out_smart_routing = false;
  std::string clearing_account;
  std::string clearing_intent;
  bool not_held = false;
  std::optional<DeltaNeutralContract> delta_neutral_contract;
  std::string algo_strategy;
  std::vector<TagValue> algo_params;
  std::string algo_id;
  bool what_if = false;
  std::string order_misc_options;
  bool solicited = false;
  bool randomize_size = false;
  bool randomize_price = false;

  std::int32_t reference_contract_id = 0;
  bool pegged_change_amount_decrease = false;
  double pegged_change_amount = 0;
  double reference_change_amount = 0;
  std::string reference_exchange_id;

  std::vector<OrderCondition> conditions;
  bool conditions_ignore_rth = false;
  bool conditions_cancel_order = false;

  std::string adjusted_order_type;
  std::optional<double> trigger_price;
  std::optional<double> lmt_price_offset;
  std::optional<double> adjusted_stop_price;
  std::optional<double> adjusted_stop_limit_price;
  std::optional<double> adjusted_trailing_amount;
  std::int32_t adjustable_trailing_unit = 0;

  std::string ext_operator;
  std::string soft_dollar_tier_name;
  std::string soft_dollar_tier_value;
  std::string soft_dollar_tier_display_name;
  std::optional<double> cash_qty;
  std::string mifid2_decision_maker;
  std::string mifid2_decision_algo;
  std::string mifid2_execution_trader;
  std::string mifid2_execution_algo;
  bool dont_use_auto_price_for_hedge = false;
  bool is_oms_container = false;
  bool discretionary_up_to_limit_price = false;
  std::optional<bool> use_price_mgmt_algo;
  std::optional<std::int32_t> duration;
  std::optional<std::int32_t> post_to_ats;
  bool auto_cancel_parent = false;
  std::string advanced_error_override;
  std::string manual_order_time;
  std::optional<std::int32_t> min_trade_qty;
  std::optional<std::int32_t> min_compete_size;
  std::optional<double> compete_against_best_offset;  // infinite: up to the mid
  std::optional<double> mid_offset_at_whole;
  std::optional<double> mid_offset_at_half;

  friend bool operator==(const WireOrder&, const WireOrder&) = default;
};

/// Runs of fields that two or three of the order messages share.
namespace order_fields {

/// action to tif's neighbours: how placeOrder, openOrder and completedOrder begin.
inline void head(auto& io, auto& o) {
  io("action", o.action);
  io("totalQuantity", o.total_quantity);
  io("orderType", o.order_type);
  io("lmtPrice", o.lmt_price);
  io("auxPrice", o.aux_price);
  io("tif", o.tif);
  io("ocaGroup", o.oca_group);
  io("account", o.account);
  io("openClose", o.open_close);
  io("origin", o.origin);
  io("orderRef", o.order_ref);
}

inline void advisor(auto& io, auto& o) {
  io("faGroup", o.fa_group);
  io("faMethod", o.fa_method);
  io("faPercentage", o.fa_percentage);
  io("modelCode", o.model_code);
}

inline void short_sale(auto& io, auto& o) {
  io("shortSaleSlot", o.short_sale_slot);
  io("designatedLocation", o.designated_location);
  io("exemptCode", o.exempt_code);
}

inline void box(auto& io, auto& o) {
  io("startingPrice", o.starting_price);
  io("stockRefPrice", o.stock_ref_price);
  io("delta", o.delta);
  io("stockRangeLower", o.stock_range_lower);
  io("stockRangeUpper", o.stock_range_upper);
}

inline void quote_flags(auto& io, auto& o) {
  io("eTradeOnly", o.e_trade_only);
  io("firmQuoteOnly", o.firm_quote_only);
  io("nbboPriceCap", o.nbbo_price_cap);
}

enum class DeltaNeutral : std::uint8_t { kEight, kFour };

inline void volatility(auto& io, auto& o, DeltaNeutral extras) {
  io("volatility", o.volatility);
  io("volatilityType", o.volatility_type);
  io("deltaNeutralOrderType", o.delta_neutral_order_type);
  io("deltaNeutralAuxPrice", o.delta_neutral_aux_price);
  if (!o.delta_neutral_order_type.empty()) {
    io("deltaNeutralConId", o.delta_neutral_con_id);
    if (extras == DeltaNeutral::kEight) {
      io("deltaNeutralSettlingFirm", o.delta_neutral_settling_firm);
      io("deltaNeutralClearingAccount", o.delta_neutral_clearing_account);
      io("deltaNeutralClearingIntent", o.delta_neutral_clearing_intent);
      io("deltaNeutralOpenClose", o.delta_neutral_open_close);
    }
    io("deltaNeutralShortSale", o.delta_neutral_short_sale);
    io("deltaNeutralShortSaleSlot", o.delta_neutral_short_sale_slot);
    io("deltaNeutralDesignatedLocation", o.delta_neutral_designated_location);
  }
  io("continuousUpdate", o.continuous_update);
  io("referencePriceType", o.reference_price_type);
  io("trailStopPrice", o.trail_stop_price);
  io("trailingPercent", o.trailing_percent);
}

inline void legs(auto& io, auto& contract, auto& o) {
  io.list("legCount", contract.legs, kRow);
  io.list("orderComboLegCount", o.leg_prices, [](auto& each, auto& v) { each("price", v); });
  io.list("smartComboRoutingParamCount", o.smart_combo_routing_params, kRow);
}

inline void scale(auto& io, auto& o) {
  io("scaleInitLevelSize", o.scale_init_level_size);
  io("scaleSubsLevelSize", o.scale_subs_level_size);
  io("scalePriceIncrement", o.scale_price_increment);
  if (o.scale_price_increment.value_or(0) <= 0) { return; }
  io("scalePriceAdjustValue", o.scale_price_adjust_value);
  io("scalePriceAdjustInterval", o.scale_price_adjust_interval);
  io("scaleProfitOffset", o.scale_profit_offset);
  io("scaleAutoReset", o.scale_auto_reset);
  io("scaleInitPosition", o.scale_init_position);
  io("scaleInitFillQty", o.scale_init_fill_qty);
  io("scaleRandomPercent", o.scale_random_percent);
}

inline void hedge(auto& io, auto& o) {
  io("hedgeType", o.hedge_type);
  if (!o.hedge_type.empty()) { io("hedgeParam", o.hedge_param); }
}

inline void clearing(auto& io, auto& o) {
  io("clearingAccount", o.clearing_account);
  io("clearingIntent", o.clearing_intent);
  io("notHeld", o.not_held);
  DeltaNeutralContract::optional(io, o.delta_neutral_contract);
  io("algoStrategy", o.algo_strategy);
  if (!o.algo_strategy.empty()) { io.list("algoParamCount", o.algo_params, kRow); }
}

inline void randomize(auto& io, auto& o) {
  io("randomizeSize", o.randomize_size);
  io("randomizePrice", o.randomize_price);
}

inline void peg_bench(auto& io, auto& o) {
  if (o.order_type != "PEG BENCH") { return; }
  io("referenceContractId", o.reference_contract_id);
  io("isPeggedChangeAmountDecrease", o.pegged_change_amount_decrease);
  io("peggedChangeAmount", o.pegged_change_amount);
  io("referenceChangeAmount", o.reference_change_amount);
  io("referenceExchangeId", o.reference_exchange_id);
}

inline void conditions(auto& io, auto& o) {
  io.list("conditionCount", o.conditions, kRow);
  if (o.conditions.empty()) { return; }
  io("conditionsIgnoreRth", o.conditions_ignore_rth);
  io("conditionsCancelOrder", o.conditions_cancel_order);
}

inline void adjusted_stops(auto& io, auto& o) {
  io("adjustedStopPrice", o.adjusted_stop_price);
  io("adjustedStopLimitPrice", o.adjusted_stop_limit_price);
  io("adjustedTrailingAmount", o.adjusted_trailing_amount);
  io("adjustableTrailingUnit", o.adjustable_trailing_unit);
}

inline void soft_dollar(auto& io, auto& o) {
  io("softDollarTierName", o.soft_dollar_tier_name);
  io("softDollarTierValue", o.soft_dollar_tier_value);
}

inline void containers(auto& io, auto& o) {
  io("dontUseAutoPriceForHedge", o.dont_use_auto_price_for_hedge);
  io("isOmsContainer", o.is_oms_container);
}

inline void price_management(auto& io, auto& o) {
  io("discretionaryUpToLimitPrice", o.discretionary_up_to_limit_price);
  io("usePriceMgmtAlgo", o.use_price_mgmt_algo);
  io("duration", o.duration);
  io("postToAts", o.post_to_ats);
  io("autoCancelParent", o.auto_cancel_parent);
}

inline void mid_offsets(auto& io, auto& o) {
  io("midOffsetAtWhole", o.mid_offset_at_whole);
  io("midOffsetAtHalf", o.mid_offset_at_half);
}

/// The last five of what comes back.
inline void pegs(auto& io, auto& o) {
  io("minTradeQty", o.min_trade_qty);
  io("minCompeteSize", o.min_compete_size);
  io.unbounded("competeAgainstBestOffset", o.compete_against_best_offset);
  mid_offsets(io, o);
}

}  // namespace order_fields
}  // namespace v6::ibkr
