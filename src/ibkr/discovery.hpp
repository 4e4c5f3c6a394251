#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "ibkr/contract_book.hpp"

namespace v6::ibkr {

/// Expiries to look at: on both sides of each wanted distance, within reach.
[[nodiscard]] std::set<Date> wanted_expiries(const ChainPlan& plan, const std::set<Date>& listed,
                                             Date today);

/// Finds out what there is to trade: underlyings, their option parameters, and the contracts of
/// each wanted expiry, once a day, a few requests at a time because the broker is slow at it.
class Discovery {
 public:
  Discovery(Context& context, ContractBook& book);

  /// A new session: what was asked on the last one is asked again.
  void restart();
  /// Expiries of what we hold, wanted whatever their distance.
  void hold(const std::vector<ContractId>& legs);
  void pump();

  void on(const ContractData& data);
  void on(const ContractDataEnd& end);
  void on(const SecurityDefinitionOptionParameter& parameters);
  void on(const SecurityDefinitionOptionParameterEnd& end);
  void on(const MarketRule& rule);
  /// No answer, or the answer that there is none.
  void failed(const Wait& wait, bool final);

  /// New rows since the last call, for the store.
  [[nodiscard]] std::vector<ContractRow> take_rows() { return std::exchange(fresh_, {}); }

  /// Underlyings and volatility indices, by place.
  [[nodiscard]] std::size_t size() const { return targets_.size(); }
  [[nodiscard]] Symbol symbol(std::size_t place) const { return targets_[place].symbol; }
  [[nodiscard]] bool has_options(std::size_t place) const { return !targets_[place].roots.empty(); }
  [[nodiscard]] bool is_index(std::size_t place) const { return targets_[place].index; }
  [[nodiscard]] std::int32_t con_id(std::size_t place) const { return targets_[place].con_id; }
  [[nodiscard]] std::optional<std::size_t> place(Symbol symbol) const;
  /// Everything wanted of this underlying was found or given up today.
  [[nodiscard]] bool complete(std::size_t place) const;
  /// The contracts of all wanted expiries.
  [[nodiscard]] std::vector<ContractId> contracts(std::size_t place) const;
  [[nodiscard]] std::optional<Session> hours(Symbol symbol, Date date) const;
  [[nodiscard]] std::optional<Instant> next() const;

 private:
  using Series = std::pair<Symbol, Date>;
  struct Pace {  // of one question
    Date answered;
    bool out = false;
    int tries = 0;
    Instant not_before;

    [[nodiscard]] bool due(Instant now, Date today) const {
      return !out && answered != today && now >= not_before;
    }
  };
  struct Target {
    Symbol symbol;
    std::vector<Symbol> roots;  // empty: only its level is watched
    bool index = false;
    std::int32_t con_id = 0;
    Pace details;
    Pace parameters;
    std::map<Symbol, std::set<Date>> listed;
    std::map<Symbol, std::set<Date>> arriving;
    std::set<Series> wanted;
    Date chosen;  // on this day; none: to be chosen anew
    std::map<Date, Session> hours;
  };
  struct Expiry {
    std::size_t target = 0;
    Series series;
    Pace pace;
    std::vector<ContractRow> rows;
    std::map<std::string, int> refused;
  };

  /// Which expiries are wanted, from what is listed and held today.
  void choose(Target& target);
  [[nodiscard]] std::size_t expiry_place(std::size_t target, Series series);
  void ask_expiry(std::size_t place);
  void put_off(Pace& pace);
  [[nodiscard]] Date today() const;

  Context* c_;
  ContractBook* book_;
  std::vector<Target> targets_;
  std::vector<Expiry> expiries_;
  std::map<Series, std::size_t> expiry_places_;
  std::set<Series> held_;
  std::set<std::int32_t> rules_asked_;
  std::vector<ContractRow> fresh_;
  int out_ = 0;
};

}  // namespace v6::ibkr
